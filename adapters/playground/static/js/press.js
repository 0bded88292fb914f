// A press: the whole card is locked until the callback was answered; what then is shown is the messenger's way.

import { h } from "./dom.js";
import { ask } from "./link.js";
import { note } from "./note.js";
import { store } from "./store.js";

const SETTLES = 1000;

/** `which` of the same words on the card, as the emulator counts them. */
export async function press({ seat, message, root }, { label, which = 0, control, form = {} }) {
  if (store.pressing.has(message.key)) return;
  store.pressing.add(message.key);
  store.pressed.add(message.key);
  const unlock = lock(root, control);
  const done = await ask("press", { seat: seat.key, message: message.id, label, which, form });
  unlock();
  store.pressing.delete(message.key);
  setTimeout(() => store.pressed.delete(message.key), SETTLES);
  if (done.refused) note(seat, done.refused);
  else seat.skin.answered(seat, done);
  if (done.note) note(seat, done.note);
}

function lock(root, control) {
  root.classList.add("locked");
  control?.setAttribute("aria-busy", "true");
  const spinner = control?.matches(".fbutton, .dbutton, .wbutton") && h("i", { class: "spinner", "aria-hidden": "true" });
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
