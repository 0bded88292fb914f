// The types of a form's fields, and what each hands in.

import { h } from "../dom.js";
import { closeDrop, drop } from "../drop.js";
import { icon } from "../icons.js";
import { openMonth } from "../month.js";

const BROWSERS = { TIME: "time", DATETIME: "datetime-local", NUMBER: "text", TEXT: "text" };

/** { control, value() }, or nothing for a type there is not. */
export function fieldOf(field, context) {
  switch (field.type) {
    case "TEXT":
    case "NUMBER":
    case "TIME":
    case "DATETIME":
      return typed(field, h("input", { type: BROWSERS[field.type], inputmode: field.type === "NUMBER" ? "decimal" : undefined }));
    case "TEXT_AREA":
      return typed(field, h("textarea", { rows: field.minRows ?? 3 }));
    case "TEXT_ARRAY":
      return typed(field, h("textarea", { rows: 3 }), (words) => words.split("\n").filter(Boolean));
    case "DATE":
      return day(field, context);
    case "SELECT":
      return select(field, context);
    case "CHECKBOX":
    case "SWITCH":
      return single(field);
    case "CHECKBOX_GROUP":
    case "MULTI_SELECT":
    case "MULTI_CHECKBOX_GROUP":
      return boxes(field, field.type !== "CHECKBOX_GROUP");
    default:
      return null;
  }
}

function typed(field, control, read = (words) => words) {
  control.className = "dfield";
  control.placeholder = field.placeholder ?? "请输入";
  control.value = field.defaultValue ?? "";
  control.readOnly = field.readOnly === true;
  control.autocomplete = "off";
  const words = () => (field.type === "DATETIME" ? control.value.replace("T", " ") : control.value.trim());
  return { control, value: () => read(words()) };
}

/** A button that shows what was picked and opens something under itself. */
function picker(field, drawn, open) {
  const shown = h("span", { class: "shown" });
  const control = h("button", { class: "dfield", type: "button", "aria-haspopup": "true", "aria-expanded": "false", disabled: field.readOnly === true, on: { click: () => open(control) } }, shown, icon(drawn));
  const say = (words) => {
    shown.classList.toggle("hint", !words);
    shown.textContent = words || field.placeholder || "请选择";
    control.dispatchEvent(new Event("input"));
  };
  return { control, say };
}

function day(field, context) {
  let picked = field.defaultValue ?? "";
  const { control, say } = picker(field, "calendar", (anchor) =>
    openMonth(anchor, context.seat.frame, picked, (chosen) => {
      picked = chosen;
      say(picked);
    }),
  );
  say(picked);
  return { control, value: () => picked };
}

function select(field, context) {
  let chosen = field.defaultValue ?? "";
  const words = () => field.options.find((one) => one.value === chosen)?.text ?? "";
  const { control, say } = picker(field, "down", (anchor) => {
    const row = (one) =>
      h(
        "div",
        {
          role: "option",
          tabIndex: 0,
          "aria-selected": String(one.value === chosen),
          on: { click: () => choose(one.value), keydown: (event) => event.key === "Enter" && choose(one.value) },
        },
        one.text,
        one.value === chosen && icon("tick"),
      );
    const opened = drop(anchor, context.seat.frame, h("div", { role: "listbox" }, field.options.map(row)));
    opened?.place();
    opened?.box.querySelector("[aria-selected='true'], [role='option']")?.focus({ preventScroll: true });
    opened?.box.addEventListener("keydown", roam);
  });
  const choose = (value) => {
    chosen = value;
    say(words());
    closeDrop();
  };
  say(words());
  return { control, value: () => chosen };
}

/** ↑↓ among the options. */
function roam(event) {
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  if (!step) return;
  event.preventDefault();
  document.activeElement[step]?.focus();
}

function single(field) {
  const box = h("input", { type: "checkbox", role: field.type === "SWITCH" ? "switch" : undefined, disabled: field.readOnly === true });
  box.checked = field.defaultValue === "true";
  return { control: h("div", { class: "dchoices", tabIndex: -1 }, h("label", {}, box, field.placeholder ?? "")), value: () => (box.checked ? true : field.required ? "" : false) };
}

function boxes(field, several) {
  const name = `${field.name}-${Math.random()}`;
  const all = field.options.map((one) => ({ one, box: h("input", { type: several ? "checkbox" : "radio", name, disabled: field.readOnly === true }) }));
  const control = h("div", { class: "dchoices", role: "group", "aria-label": field.label, tabIndex: -1 }, all.map(({ one, box }) => h("label", {}, box, one.text)));
  const chosen = () => all.filter(({ box }) => box.checked).map(({ one }) => one.value);
  return { control, value: () => (several ? chosen() : (chosen()[0] ?? "")) };
}
