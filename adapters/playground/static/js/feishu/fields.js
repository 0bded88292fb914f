// Fields to type in, days to pick, boxes to tick.

import { append, freshId, h } from "../dom.js";
import { icon } from "../icons.js";
import { openMonth } from "../month.js";
import { drawText, textOf } from "./parts.js";

/** Label, star and the line for what is missing, around a control that takes the focus. */
export function entry(component, control, { asks, value, reset, preset }, context) {
  const id = freshId("field");
  const missing = h("div", { class: "missing", id: `${id}-missing`, role: "alert", hidden: true });
  control.id = id;
  const label = textOf(component.label);
  if (!label) control.setAttribute("aria-label", textOf(component.placeholder) || component.name || "");
  control.setAttribute("aria-describedby", missing.id);
  if (component.required) control.setAttribute("aria-required", "true");
  const usable = Boolean(context.form) && !component.disabled;
  if (!usable) {
    control.disabled = true;
    control.title = component.disabled ? textOf(component.disabled_tips) : "演练场里只能填写表单中的字段";
  }
  const mark = (words) => {
    missing.hidden = !words;
    missing.textContent = words;
    control.toggleAttribute("aria-invalid", false);
    if (words) control.setAttribute("aria-invalid", "true");
  };
  control.addEventListener("input", () => mark(""));
  const name = label || textOf(component.placeholder).replace(/^请(输入|选择|填写)?/, "");
  context.form?.add({ component, value, reset, preset, mark, focus: () => control.focus(), asks: () => `请${asks}${name}` });
  return h(
    "div",
    { class: component.label_position === "left" ? "entry beside" : "entry", style: { margin: component.margin } },
    label && h("label", { for: id }, label, component.required && h("span", { class: "star", "aria-hidden": "true" }, "*")),
    control,
    missing,
  );
}

export function drawInput(component, context) {
  const several = component.input_type === "multiline_text";
  const preset = component.default_value ?? "";
  const field = h(several ? "textarea" : "input", {
    class: "ffield",
    placeholder: textOf(component.placeholder),
    maxlength: String(component.max_length ?? 1000),
    autocomplete: "off",
    ...(several ? { rows: component.rows ?? 5 } : { type: component.input_type === "password" ? "password" : "text" }),
  });
  field.value = preset;
  const reset = () => (field.value = preset);
  return entry(component, field, { asks: "填写", value: () => field.value.trim(), reset, preset }, context);
}

/** A button that shows what was picked and opens something under itself. */
export function picker(component, drawn, show) {
  const shown = h("span", { class: "shown" });
  const button = h(
    "button",
    { class: "ffield", type: "button", "aria-haspopup": "true", "aria-expanded": "false", on: { click: () => show(button) } },
    shown,
    icon(drawn),
  );
  const say = (words) => {
    shown.classList.toggle("hint", !words);
    shown.replaceChildren(words || textOf(component.placeholder) || "请选择");
    button.dispatchEvent(new Event("input"));
  };
  return { button, say };
}

export function drawDate(component, context) {
  const preset = component.initial_date ?? "";
  let day = preset;
  const { button, say } = picker(component, "calendar", (anchor) =>
    openMonth(anchor, context.seat.frame, day, (picked) => {
      day = picked;
      say(day);
    }),
  );
  const reset = () => {
    day = preset;
    say(day);
  };
  say(day);
  return entry(component, button, { asks: "选择", value: () => day, reset, preset }, context);
}

/** Time, and day with time: the browser's own fields. */
export function drawMoment(component, context) {
  const withDay = component.tag === "picker_datetime";
  const preset = (withDay ? component.initial_datetime : component.initial_time) ?? "";
  const field = h("input", { class: "ffield", type: withDay ? "datetime-local" : "time" });
  const reset = () => (field.value = preset.replace(" ", "T"));
  reset();
  return entry(component, field, { asks: "选择", value: () => field.value.replace("T", " "), reset, preset }, context);
}

export function drawChecker(component, context) {
  const box = h("input", { type: "checkbox", class: "option-mark" });
  const preset = component.checked === true;
  const reset = () => (box.checked = preset);
  reset();
  box.disabled = !context.form || component.disabled === true;
  context.form?.add({
    component,
    value: () => (box.checked ? true : ""),
    reset,
    preset,
    mark: () => {},
    focus: () => box.focus(),
    asks: () => "请勾选",
  });
  return append(h("label", { class: "checker" }), [box, component.text && drawText(component.text)]);
}
