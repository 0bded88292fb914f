// Buttons: a callback, a link, or the submit and reset of a form.

import { append, h } from "../dom.js";
import { drawIcon, textOf } from "./parts.js";
import { press } from "./press.js";

export function drawButton(component, context) {
  const words = textOf(component.text);
  const classes = ["fbutton", component.type ?? "default", component.size ?? "medium", component.width === "fill" && "fill"];
  const node = h("button", {
    class: classes.filter(Boolean).join(" "),
    type: "button",
    disabled: component.disabled === true,
    title: component.disabled ? textOf(component.disabled_tips) : words.length > 12 ? words : "",
    on: { click: () => act(component, context, words, node) },
  });
  if (/px$/.test(component.width ?? "")) node.style.setProperty("width", component.width);
  return append(node, [component.icon && drawIcon(component.icon), h("span", {}, words)]);
}

function act(component, context, words, node) {
  if (component.form_action_type === "reset") return context.form?.reset();
  const link = component.behaviors?.find((one) => one.type === "open_url");
  if (link && /^https?:/.test(link.default_url)) open(link.default_url, "_blank", "noopener,noreferrer");
  if (context.form) return context.form.submit(component, words, node);
  if (component.behaviors?.some((one) => one.type === "callback")) press(context, component, { words, control: node });
}
