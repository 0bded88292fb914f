// Selections: a list under the field, with a search from 8 options on. Outside a form the choice calls back at once.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { isNarrow } from "../layout.js";
import { nameOf, store } from "../store.js";
import { closeDrop, drop } from "../drop.js";
import { entry, picker } from "./fields.js";
import { textOf } from "./parts.js";
import { press } from "./press.js";

const SEARCH_FROM = 8;

export function drawSelect(component, context) {
  const several = component.tag.startsWith("multi_");
  const options = optionsOf(component, context);
  const preset = presetOf(component, several);
  let chosen = preset;
  const words = () => [chosen].flat().map((value) => options.find((one) => one.value === value)?.words ?? value).join("、");
  const choose = (value) => {
    if (!several) chosen = value;
    else chosen = chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
    say(words());
    if (!several) closeDrop();
    if (!context.form) press(context, component, { words: options.find((one) => one.value === value).words, control: button });
  };
  const { button, say } = picker(component, "down", (anchor) => openOptions(anchor, context, { options, choose, isChosen: (value) => [chosen].flat().includes(value) }));
  const reset = () => {
    chosen = preset;
    say(words());
  };
  say(words());
  // The emulator hears single selections of words outside forms; anything else only inside one.
  const lone = component.tag === "select_static" && !context.form && !component.disabled;
  const drawn = entry(component, button, { asks: "选择", value: () => chosen, reset, preset }, context);
  if (lone) {
    button.disabled = false;
    button.title = "";
  }
  return drawn;
}

function optionsOf(component, context) {
  if (!component.tag.endsWith("person")) return component.options.map((one) => ({ value: one.value, words: textOf(one.text) }));
  const ids = component.options?.map((one) => one.value) ?? [];
  const channel = context.message.seat.split(":")[0];
  const everybody = [...store.accounts.values()].filter((one) => one.channel === channel).map((one) => one.id);
  return (ids.length ? ids : everybody).map((id) => ({ value: id, words: nameOf(id) || id }));
}

function presetOf(component, several) {
  if (several) return component.selected_values ?? [];
  if (component.initial_index) return component.options[component.initial_index - 1].value;
  return component.initial_option ?? "";
}

function openOptions(anchor, context, { options, choose, isChosen }) {
  const rows = h("div", { role: "listbox" });
  const field = options.length >= SEARCH_FROM && h("input", { class: "search", type: "search", placeholder: "搜索", "aria-label": "搜索" });
  let marked = Math.max(0, options.findIndex((one) => isChosen(one.value)));
  const found = () => options.filter((one) => !field || one.words.includes(field.value.trim()));
  const draw = () => {
    rows.replaceChildren(...found().map((one, at) => row(one, at === marked, isChosen(one.value), pick)));
    rows.querySelector(".marked")?.scrollIntoView({ block: "nearest" });
  };
  const pick = (value) => {
    choose(value);
    draw();
  };
  const opened = drop(anchor, context.seat.frame, [field, rows]);
  if (!opened) return;
  const { box } = opened;
  box.tabIndex = -1;
  field?.addEventListener?.("input", () => {
    marked = 0;
    draw();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      marked = Math.max(0, Math.min(found().length - 1, marked + (event.key === "ArrowDown" ? 1 : -1)));
      draw();
    } else if (event.key === "Enter" && found()[marked]) {
      event.preventDefault();
      pick(found()[marked].value);
    }
  });
  draw();
  opened.place();
  // A phone's keyboard would cover the list that it is to choose from.
  (isNarrow() ? box : field || box).focus({ preventScroll: true });
}

function row({ value, words }, isMarked, selected, pick) {
  return h(
    "div",
    { role: "option", class: isMarked ? "marked" : "", "aria-selected": String(selected), on: { click: () => pick(value) } },
    words,
    selected && icon("tick"),
  );
}

export function drawOverflow(component, context) {
  const options = component.options.map((one) => ({ value: one.value, words: textOf(one.text) }));
  const button = h(
    "button",
    {
      class: "fbutton default",
      type: "button",
      "aria-label": "更多",
      "aria-haspopup": "true",
      on: {
        click: () =>
          openOptions(button, context, {
            options,
            isChosen: () => false,
            choose: (value) => {
              closeDrop();
              press(context, component, { words: options.find((one) => one.value === value).words, control: button });
            },
          }),
      },
    },
    icon("more"),
  );
  return h("div", {}, button);
}
