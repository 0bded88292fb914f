// Reads a line of markup from left to right: what a rule matches is drawn by it, everything else stays as it was typed.

import { h } from "./dom.js";

/** `rules`: { at: sticky pattern, draw(match) }, the first that matches at a place draws it. `starts`: what any begins with. */
export function scan(rules, source, starts) {
  const drawn = [];
  let words = "";
  for (let place = 0; place < source.length; ) {
    const found = starts.includes(source[place]) && matchAt(rules, source, place);
    if (!found) {
      words += source[place++];
      continue;
    }
    if (words) drawn.push(words);
    words = "";
    drawn.push(found.rule.draw(found.match));
    place += found.match[0].length;
  }
  return words ? [...drawn, words] : drawn;
}

function matchAt(rules, source, place) {
  for (const rule of rules) {
    rule.at.lastIndex = place;
    const match = rule.at.exec(source);
    if (match) return { rule, match };
  }
  return null;
}

/** Only what leads somewhere harmless is a link. */
export function link(url, words) {
  if (!/^(?:https?|mailto):/i.test(url)) return h("span", { class: "at" }, words);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words);
}

export const URL_RULE = { at: /https?:\/\/[^\s<>"'，。；、）)」]+/y, draw: ([url]) => link(url, url) };
