// Who sits here: search by name or role, people in groups with their accounts.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { close, popover } from "./layer.js";
import { layout, sit } from "./layout.js";
import { skinOf } from "./skins.js";
import { store, unreadOf } from "./store.js";
import { badge } from "./words.js";

export const tile = (skin) => h("span", { class: `tile ${skin}`, "aria-hidden": "true" }, skinOf({ skin }).mark);
const messenger = (skin) => skinOf({ skin }).title;

/** Opens under `anchor`; whoever is chosen takes the place of `old`, or a new window. */
export function openSwitcher(anchor, old = "") {
  const rows = h("div", { class: "scrolled" });
  const field = h("input", { type: "search", placeholder: "找人或角色", "aria-label": "找人或角色", "data-first": "" });
  let marked = 0;
  const draw = () => {
    const found = store.people.filter((person) => matches(person, field.value.trim()));
    marked = Math.max(0, Math.min(marked, found.length - 1));
    rows.replaceChildren(...grouped(found, found[marked], choose));
    rows.querySelector(".marked")?.scrollIntoView({ block: "nearest" });
  };
  const choose = (account) => {
    close();
    sit(account.key, old);
  };
  field.addEventListener("input", () => {
    marked = 0;
    draw();
  });
  field.addEventListener("keydown", (event) => {
    const found = store.people.filter((person) => matches(person, field.value.trim()));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      marked += event.key === "ArrowDown" ? 1 : -1;
      draw();
    } else if (event.key === "Enter" && found[marked]) {
      event.preventDefault(); // or it would press the button that gets the focus back
      choose(found[marked].accounts[0]);
    }
  });
  draw();
  popover(anchor, h("div", { class: "people" }, h("label", { class: "find" }, icon("find"), field), rows), {
    label: old ? "换人" : "加一个窗口",
  });
}

function matches(person, words) {
  return !words || person.name.includes(words) || person.role.includes(words);
}

function grouped(found, marked, choose) {
  if (!found.length) return [h("p", { class: "nobody" }, "没有找到")];
  return [...new Set(found.map((person) => person.group))].flatMap((group) => [
    h("h3", {}, group),
    ...found.filter((person) => person.group === group).map((person) => row(person, person === marked, choose)),
  ]);
}

function row(person, isMarked, choose) {
  const seats = person.accounts.map((account) => layout.seats.indexOf(account.key)).filter((at) => at >= 0);
  const unread = person.accounts.reduce((sum, account) => sum + unreadOf(account.key), 0);
  const several = person.accounts.length > 1;
  return h(
    "div",
    { class: isMarked ? "person marked" : "person", on: { click: () => choose(person.accounts[0]) } },
    h("b", {}, person.name),
    h("span", { class: "role" }, person.role),
    seats.length > 0 && h("span", { class: "sits" }, `已在窗口 ${seats[0] + 1}`),
    unread > 0 && h("span", { class: "badge", "aria-label": `${unread} 条未读` }, badge(unread)),
    person.accounts.map((account) =>
      h(
        "button",
        {
          class: "account",
          type: "button",
          title: several ? `${messenger(account.skin)} ${account.channel}` : messenger(account.skin),
          "aria-label": `${person.name}，${messenger(account.skin)}${several ? ` ${account.channel}` : ""}`,
          on: {
            click: (event) => {
              event.stopPropagation();
              choose(account);
            },
          },
        },
        tile(account.skin),
      ),
    ),
  );
}
