// What the page says in its own voice inside a frame: dashed, teal, gone after a while.

import { announce } from "./announce.js";
import { h } from "./dom.js";

const STAYS = 5000;

export function note(seat, words) {
  seat.list.chat.querySelector(".note")?.remove();
  const shown = h("div", { class: "note" }, words);
  seat.list.chat.append(shown);
  announce(words);
  setTimeout(() => shown.remove(), STAYS);
}
