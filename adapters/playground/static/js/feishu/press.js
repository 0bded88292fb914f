// A press in Feishu: the confirm box first.

import { press as send } from "../press.js";
import { confirmed } from "./confirm.js";

/** `which` of the same words on the card, as the emulator counts them. */
function whichOf(context, words, component) {
  const same = context.labels.filter((one) => one.words === words);
  return Math.max(0, same.findIndex((one) => one.component === component));
}

export async function press(context, component, { words, control, form = {} }) {
  if (component.confirm && !(await confirmed(context.seat.frame, component))) return;
  await send(context, { label: words, which: whichOf(context, words, component), control, form });
}
