// Our card template, drawn from its variables: title and tone, body, facts, form, buttons or status.

import { append, h } from "../dom.js";
import { icon } from "../icons.js";
import { refusal } from "../message.js";
import { press } from "../press.js";
import { drawForm } from "./form.js";
import { drawMarkdown } from "./markdown.js";

const VARIABLES = "title tone body fields buttons form submit1_id submit1_text submit2_id submit2_text status".split(" ");
const TONES = new Set("neutral info success warning danger".split(" "));
const COLOURS = new Set(["blue", "gray", "red"]);
const MOST_BYTES = 1024;
const MOST_BUTTONS = 5;
const STATE = " · ";

export function drawCard(message, seat) {
  const { cardParamMap: given } = message.content;
  const read = readVariables(given);
  if (read.wrong) return refusal("param.invalid", read.wrong, "钉钉不会接受");
  const root = h("div", { class: "card dcard" });
  const [deciding, others] = sides(read);
  const context = { seat, message, root, pressable: labels(given, deciding, others) };
  const formed = read.form.fields.length > 0 && given.submit1_text;
  return append(root, [
    head(given),
    given.body && drawMarkdown(given.body),
    read.fields.length > 0 && append(h("dl"), read.fields.map((one) => [h("dt", {}, one.label), h("dd", {}, one.text)])),
    !given.status && asked(formed ? [deciding, others] : [[...deciding, ...others]], formed && drawForm(read.form, given, context, deciding.length), context),
    given.status && status(given),
  ]);
}

/** The variables as values, or what is wrong with them. */
function readVariables(given) {
  const size = (words) => new TextEncoder().encode(words).length;
  const missing = VARIABLES.find((name) => typeof given[name] !== "string");
  if (missing) return { wrong: `模板变量 ${missing} 没有值` };
  const long = VARIABLES.find((name) => size(given[name]) > MOST_BYTES);
  if (long) return { wrong: `${long} 超过 1 KB` };
  if (!TONES.has(given.tone)) return { wrong: `tone ${given.tone}` };
  try {
    const [fields, buttons, form] = ["fields", "buttons", "form"].map((name) => JSON.parse(given[name]));
    const strange = buttons.find((one) => !COLOURS.has(one.color));
    if (strange) return { wrong: `按钮颜色 ${strange.color}` };
    if (buttons.length > MOST_BUTTONS) return { wrong: `${buttons.length} 个按钮，最多 ${MOST_BUTTONS} 个` };
    return { fields, buttons, form };
  } catch {
    return { wrong: "变量不是 JSON" };
  }
}

/** As in the template's file: what is blue stands above the form, the others below. */
const sides = ({ buttons }) => [buttons.filter((one) => one.color === "blue"), buttons.filter((one) => one.color !== "blue")];

/** As the emulator counts what can be pressed: from top to bottom. */
function labels(given, deciding, others) {
  const [above, below] = [deciding, others].map((side) => side.map((one) => one.text));
  return [...above, ...[given.submit1_text, given.submit2_text].filter(Boolean), ...below];
}

/** The rows of buttons, the form between them. */
function asked([above, below = []], form, context) {
  const row = (buttons, first) => buttons.length > 0 && h("div", { class: "dbuttons" }, arranged(buttons, context, first));
  return [row(above, 0), form, row(below, context.pressable.length - below.length)];
}

/** The state's word stands behind the title; the tone colours it. */
function head({ title, tone }) {
  const at = title.lastIndexOf(STATE);
  const words = at > 0 ? title.slice(0, at) : title;
  const state = at > 0 ? title.slice(at + STATE.length) : "";
  return h("header", {}, h("h3", {}, words), state && h("span", { class: `tone dtone-${tone}` }, state));
}

/** One or two share the row; of more the first two do, the others follow three to a row. */
function arranged(buttons, context, first) {
  const widths = buttons.length === 1 ? ["whole"] : ["half", "half", "", "", ""];
  return buttons.map((one, at) => button(one.text, `${one.color} ${widths[at]}`, context, first + at));
}

export function button(words, look, context, at, form) {
  const which = context.pressable.slice(0, at).filter((one) => one === words).length;
  const act = () => {
    const filled = form ? form() : {};
    if (filled) press(context, { label: words, which, control: node, form: filled });
  };
  const node = h("button", { class: `dbutton ${look}`, type: "button", on: { click: act } }, h("span", {}, words));
  return node;
}

function status({ status: words, tone }) {
  const settled = tone === "success";
  const ended = tone === "danger";
  return h("div", { class: settled ? "dstatus success" : "dstatus" }, icon(settled ? "done" : ended ? "wrong" : "clock"), h("span", {}, words.replace(/^✓ ?/, "")));
}
