// The foot of a card: its buttons two in a row, or the one grey button that replaced them.

import { h } from "../dom.js";
import { press } from "../press.js";
import { whichOf } from "./card.js";
import { cut } from "./words.js";

const LONE = "s1";

export function drawButtons(context) {
  const { content, beside } = context.message;
  const grey = beside.replaced || content.replace_text;
  const buttons = content.button_list ?? [];
  if (!content.submit_button && !buttons.length) return null;
  if (grey) return h("div", { class: "wbuttons" }, h("button", { class: "wbutton whole grey", type: "button", disabled: true }, grey));
  const drawn = buttons.map((one) => button(context, one, `s${one.style ?? 1}`));
  if (content.submit_button) drawn.push(button(context, content.submit_button, LONE, true));
  return h("div", { class: "wbuttons" }, drawn);
}

function button(context, one, look, whole = false) {
  const { content } = context.message;
  const act = () => {
    if (one.type === 1) return open(one.url, "_blank", "noopener,noreferrer");
    press(context, { label: one.text, which: whichOf(content, one.text, one), control: node, form: context.choices.form() });
  };
  const words = cut(one.text, context.most.button);
  const node = h("button", { class: whole ? `wbutton ${look} whole` : `wbutton ${look}`, type: "button", title: words === one.text ? "" : one.text, on: { click: act } }, h("span", {}, words));
  // A submit button goes with every question answered, or not at all.
  if (whole) context.choices.watch(() => (node.disabled = !context.choices.complete()));
  return node;
}
