// A form: its fields register here; a required one left empty is marked, and then nothing is sent.

import { append, h } from "../dom.js";
import { drawElements } from "./elements.js";
import { gapOf } from "./parts.js";
import { press } from "./press.js";

export function drawForm(component, context) {
  const form = new Filling(context);
  const node = h("div", {
    class: component.direction === "horizontal" ? "form horizontal" : "form",
    role: "group",
    style: { gap: gapOf(component.vertical_spacing), padding: component.padding },
  });
  return append(node, drawElements(component.elements, { ...context, form }));
}

class Filling {
  constructor(context) {
    this.context = context;
    this.fields = [];
  }

  /** `field`: { component, value(), set(value), mark(missing), focus() } */
  add(field) {
    this.fields.push(field);
  }

  reset() {
    for (const field of this.fields) {
      field.reset();
      field.mark("");
    }
  }

  submit(component, words, control) {
    const missing = this.fields.filter((field) => field.component.required && isEmpty(field.value()));
    for (const field of this.fields) field.mark(missing.includes(field) ? field.asks() : "");
    if (missing.length) return missing[0].focus();
    const form = {};
    for (const field of this.fields) if (!isEmpty(field.value())) form[field.component.name] = field.value();
    // An emptied field that had something preset must arrive empty, not with what was preset.
    for (const field of this.fields) if (isEmpty(field.value()) && field.preset) form[field.component.name] = "";
    return press(this.context, component, { words, control, form });
  }
}

const isEmpty = (value) => value === "" || value === null || value === undefined || (Array.isArray(value) && !value.length);
