// A window without messages: three sentences this person would begin with.

import { h } from "./dom.js";
import { ask } from "./link.js";
import { store } from "./store.js";

const ALWAYS = [{ label: "帮助", insert: "帮助", hint: "我现在能做什么" }];

export function drawStart(seat, chatId) {
  const { person } = seat.account;
  const inGroup = chatId !== "p2p";
  const fillIn = (words) => (inGroup ? seat.composer.fill(`@${store.bot} ${words}`) : seat.composer.fill(words));
  const sentences = h("div", { style: { display: "contents" } });
  const fill = (found) => {
    const buttons = found.slice(0, 3).map(({ label, insert, hint }) =>
      h("button", { type: "button", on: { click: () => fillIn(insert) } }, h("span", {}, insert || label), hint && h("i", {}, hint)),
    );
    sentences.replaceChildren(...buttons);
  };
  fill(ALWAYS);
  ask("suggest", { seat: seat.key, text: "" }).then(({ suggestions }) => suggestions?.length && fill(suggestions));
  return h(
    "div",
    { class: "begin" },
    h("h2", {}, "还没有对话"),
    h("p", {}, inGroup ? `以 ${person.name} 的身份在群里 @ 机器人，或从这里开始：` : `以 ${person.name} 的身份给机器人发一句话，或从这里开始：`),
    sentences,
  );
}
