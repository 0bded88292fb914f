// A press: confirm box first, then the whole card is locked until the callback was answered, then toast or error.

import { h } from "../dom.js";
import { ask } from "../link.js";
import { store } from "../store.js";
import { confirmed } from "./confirm.js";
import { toast } from "./toast.js";

const SETTLES = 1000;

/** `which` of the same words on the card, as the emulator counts them. */
export function whichOf(context, words, component) {
  const same = context.labels.filter((one) => one.words === words);
  return Math.max(0, same.findIndex((one) => one.component === component));
}

export async function press(context, component, { words, control, form = {} }) {
  const { seat, message, root } = context;
  if (store.pressing.has(message.key) || !store.connected) return;
  if (component.confirm && !(await confirmed(seat.frame, component))) return;
  store.pressing.add(message.key);
  store.pressed.add(message.key);
  const unlock = lock(root, control);
  const done = await ask("press", { seat: seat.key, message: message.key, label: words, which: whichOf(context, words, component), form });
  unlock();
  store.pressing.delete(message.key);
  setTimeout(() => store.pressed.delete(message.key), SETTLES);
  tell(seat, done);
}

function lock(root, control) {
  root.classList.add("locked");
  control?.setAttribute("aria-busy", "true");
  const spinner = control?.classList.contains("fbutton") && h("i", { class: "spinner", "aria-hidden": "true" });
  if (spinner) control.prepend(spinner);
  const others = [...root.querySelectorAll("button, input, textarea")].filter((one) => !one.disabled);
  for (const one of others) one.setAttribute("aria-disabled", "true");
  return () => {
    root.classList.remove("locked");
    control?.removeAttribute("aria-busy");
    if (spinner) spinner.remove();
    for (const one of others) one.removeAttribute("aria-disabled");
  };
}

function tell(seat, done) {
  if (done.refused) toast(seat.frame, "error", done.refused);
  else if (done.code) toast(seat.frame, "error", `出错了，请稍后重试 code: ${done.code}`);
  else if (done.toast) toast(seat.frame, ...done.toast);
}
