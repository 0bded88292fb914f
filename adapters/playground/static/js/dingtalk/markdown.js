// DingTalk's markdown: headings, quotes, lists, bold, italics, links, images, coloured words. The rest appears as typed.

import { append, h } from "../dom.js";
import { link, scan, URL_RULE } from "../scan.js";

const SAYS = /^dtmd:\/\/dingtalkclient\/sendMessage\?/;
const COLOURS = new Set(["red", "green", "blue", "orange", "grey", "gray"]);

/** `says`: gets the words of a link that makes its reader say something. */
const rulesFor = (says) => [
  { at: /!\[([^\]]*)\]\([^)]*\)/y, draw: ([, words]) => h("span", {}, `[图片${words && ` ${words}`}]`) },
  { at: /\[([^[\]]*)\]\(([^()\s]+)\)/y, draw: ([, words, url]) => (SAYS.test(url) && says ? says(words) : link(url, words)) },
  { at: /<font\s+color=["']?#?(\w+)["']?[^<>]*>([\s\S]*?)<\/font>/y, draw: ([, colour, words]) => append(h("span", { class: COLOURS.has(colour) ? `color-${colour}` : "" }), inline(words, says)) },
  { at: /\*\*([\s\S]+?)\*\*/y, draw: ([, words]) => append(h("b"), inline(words, says)) },
  { at: /\*(?=\S)([^*\n]+)\*/y, draw: ([, words]) => append(h("i"), inline(words, says)) },
  URL_RULE,
];

const inline = (source, says) => scan(rulesFor(says), source, "![<*h");

const LISTS = [
  ["ul", /^\s*[-*+] +(.*)/],
  ["ol", /^\s*\d+\. +(.*)/],
];

export function drawMarkdown(source, says) {
  const root = h("div", { class: "md" });
  const lines = source.replace(/<br ?\/?>/g, "\n").split("\n").map((line) => line.trim());
  while (lines.length) root.append(block(lines, says));
  return root;
}

/** Takes the lines of one block off the front. */
function block(lines, says) {
  for (const [name, pattern] of LISTS) {
    const items = [];
    const start = /^\d+/.exec(lines[0])?.[0];
    for (let match; lines.length && (match = pattern.exec(lines[0])); lines.shift()) items.push(match[1]);
    if (items.length) return h(name, { start: name === "ol" ? start : undefined }, items.map((item) => append(h("li"), inline(item, says))));
  }
  const line = lines.shift();
  const heading = /^(#{1,6}) +(.*)/.exec(line);
  if (heading) return append(h("h3", { class: `dheading-${Math.min(3, heading[1].length)}` }), inline(heading[2], says));
  const quote = /^> ?(.*)/.exec(line);
  if (quote) return append(h("blockquote"), inline(quote[1], says));
  return append(h("p"), inline(line, says));
}
