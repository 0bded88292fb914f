// The picture beside a message.

import { h } from "./dom.js";

const FACES = 6;

/** The last two characters of a person's name, or the first of the bot's. */
export function avatar(name, isPerson = false) {
  const face = [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % FACES;
  const words = isPerson ? name.slice(-2) : name.slice(0, 1);
  const kind = isPerson ? `avatar person-face a${face}` : "avatar one";
  return h("span", { class: kind, "aria-hidden": "true" }, words);
}

/** A group's: the beginning of its name. */
export function groupAvatar(name) {
  return h("span", { class: "avatar person-face a1", "aria-hidden": "true" }, name.slice(0, 2));
}
