// Feishu's toast: white, over the list, gone after 2.4 seconds.

import { announce } from "./announce.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";

const STAYS = 2400;
const LONGEST = 4000;
const ICONS = { success: "done", info: "info", warning: "alert", error: "wrong" };

export function toast(frame, kind, words) {
  frame.querySelector(".toast")?.remove();
  const shown = h("div", { class: `toast ${kind}` }, icon(ICONS[kind] ?? "info"), words);
  frame.append(shown);
  announce(words);
  setTimeout(() => shown.remove(), Math.min(STAYS + Math.max(0, words.length - 20) * 60, LONGEST));
}
