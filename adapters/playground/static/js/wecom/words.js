// Texts in WeCom: anchors in text messages, a small markdown, ids as names, and where the client cuts.

import { append, h } from "../dom.js";
import { link, scan, URL_RULE } from "../scan.js";

/** Characters from which a card's client cuts (documents 90236 and 101032). */
const APP = { source: 20, title: 36, desc: 44, voteTitle: 16, sub: 160, jump: 18, button: 10, option: 16, vote: 17, key: 5, value: 30, big: 14, bigDesc: 22, vertical: 38, verticalDesc: 160 };
const BOT = { ...APP, source: 13, title: 26, desc: 30, sub: 112, jump: 13, option: 10, vote: 11 };

export const lengths = (message) => (message.beside.smart_bot ? BOT : APP);

export function cut(words, most) {
  const letters = [...(words ?? "")];
  return letters.length <= most ? (words ?? "") : `${letters.slice(0, most).join("")}…`;
}

const ANCHOR = { at: /<a\s[^>]*?href=["']([^"']*)["'][^>]*>([\s\S]*?)<\/a>/iy, draw: ([, url, words]) => link(url, words) };
const INLINE = [
  { at: /\[([^[\]]*)\]\(([^()\s]*)\)/y, draw: ([, words, url]) => link(url, words) },
  { at: /<font color="?(info|comment|warning)"?>([\s\S]*?)<\/font>/y, draw: ([, colour, words]) => append(h("span", { class: `wfont-${colour}` }), inline(words)) },
  { at: /\*\*([\s\S]+?)\*\*/y, draw: ([, words]) => append(h("b"), inline(words)) },
  { at: /`([^`\n]+)`/y, draw: ([, words]) => h("code", {}, words) },
  URL_RULE,
];

const inline = (source) => scan(INLINE, source, "[<*`h");

/** A text message: `<a>` and nothing else. */
export const drawText = (source) => scan([ANCHOR, URL_RULE], source, "<h");

/** Headings, quotes, bold, links, code, three colours; all else stands as it was typed. */
export function drawMarkdown(source) {
  const root = h("div", { class: "md" });
  for (const line of source.split("\n")) root.append(lineOf(line));
  return root;
}

function lineOf(line) {
  const heading = /^(#{1,6}) +(.*)/.exec(line);
  if (heading) return append(h("b", { class: "wheading" }), inline(heading[2]));
  const quote = /^> ?(.*)/.exec(line);
  if (quote) return append(h("blockquote"), inline(quote[1]));
  return append(h("p"), inline(line || "\u00a0"));
}
