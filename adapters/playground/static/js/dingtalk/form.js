// The form variable: fields, their check in the client, and up to two buttons that hand it in.

import { append, freshId, h } from "../dom.js";
import { button } from "./card.js";
import { fieldOf } from "./fields.js";
import { refusal } from "../message.js";

/** `first`: how many buttons stand above it. */
export function drawForm({ fields }, given, context, first) {
  const drawn = fields.filter((one) => !one.hidden).map((one) => entry(one, context));
  const submits = [given.submit1_text, given.submit2_text].filter(Boolean);
  // As in the template's file: blue only where an entry is filled in, which is info.
  const look = given.tone === "info" ? "blue" : "gray";
  const looks = submits.length === 1 ? [`${look} whole`] : [`${look} half`, "gray half"];
  const buttons = submits.map((words, at) => button(words, looks[at], context, first + at, () => filled(drawn)));
  return append(h("div", { class: "dform", role: "group" }), [drawn.map((one) => one.node), h("div", { class: "dbuttons" }, buttons)]);
}

/** By name; null if something required is missing, which is marked instead. */
function filled(entries) {
  const missing = entries.filter((one) => one.field.required && isEmpty(one.value()));
  for (const one of entries) one.mark(missing.includes(one) ? one.field.requiredMsg || `请填写${one.field.label}` : "");
  if (missing.length) {
    missing[0].focus();
    return null;
  }
  const usable = entries.filter((one) => !one.field.readOnly);
  return Object.fromEntries(usable.filter((one) => !isEmpty(one.value()) || one.field.defaultValue).map((one) => [one.field.name, one.value()]));
}

const isEmpty = (value) => value === "" || value === undefined || value === null || (Array.isArray(value) && !value.length);

function entry(field, context) {
  const drawn = fieldOf(field, context);
  if (!drawn) return { field, node: refusal("param.invalid", `form: ${field.type}`, "钉钉不会接受"), value: () => "", mark: () => {}, focus: () => {} };
  const id = freshId("field");
  const missing = h("div", { class: "failed", id: `${id}-missing`, role: "alert", hidden: true });
  drawn.control.id = id;
  drawn.control.setAttribute("aria-describedby", missing.id);
  if (field.required) drawn.control.setAttribute("aria-required", "true");
  const mark = (words) => {
    missing.hidden = !words;
    missing.textContent = words;
    drawn.control.removeAttribute("aria-invalid");
    if (words) drawn.control.setAttribute("aria-invalid", "true");
  };
  drawn.control.addEventListener("input", () => mark(""));
  const star = field.required && h("span", { class: "star", "aria-hidden": "true" }, "*");
  const node = h("div", { class: "dentry" }, h("label", { for: id }, star, field.label), drawn.control, missing);
  return { field, node, mark, value: drawn.value, focus: () => drawn.control.focus() };
}
