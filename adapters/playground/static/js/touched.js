// Messages of the turn that is looked into wear a ring in every window, and say what became of them by it.

import { h } from "./dom.js";
import { icon } from "./icons.js";

const WORDS = { sent: ["send", "由这一步发出"], changed: ["fresh", "由这一步更新"], said: ["find", "这一步从这里开始"] };

let touched = {};
let open = () => {};

export const opens = (look) => (open = look);

/** Gives a message its magnifier, and its ring if the turn is its own. */
export function lookable(node, message) {
  if (message.kind === "refused") return;
  node.dataset.message = message.id;
  node.append(
    h(
      "button",
      { class: "look", type: "button", tabIndex: -1, title: "透视（I）", "aria-label": "透视这一条", on: { click: () => open({ message: message.key }) } },
      icon("look"),
      h("span", {}, "透视这一条"),
    ),
  );
  mark(node);
}

export function mark(node) {
  const how = touched[node.dataset.message];
  node.classList.toggle("touched", Boolean(how));
  node.querySelector(".by-turn")?.remove();
  if (!how) return;
  const [drawn, words] = WORDS[how];
  node.querySelector(".said")?.append(h("div", { class: "by-turn" }, icon(drawn), words));
}

export function touch(ids) {
  touched = ids;
  document.querySelectorAll(".message[data-message]").forEach(mark);
}
