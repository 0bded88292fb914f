// The page's own short word at the bottom, for what has no better place.

import { announce } from "./announce.js";
import { h } from "./dom.js";

const STAYS = 2400;
let shown = null;

export function toast(words) {
  shown?.remove();
  shown = h("div", { class: "page-word" }, words);
  document.body.append(shown);
  announce(words);
  const mine = shown;
  setTimeout(() => mine.remove(), STAYS);
}
