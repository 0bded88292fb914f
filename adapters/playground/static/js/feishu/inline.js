// A line of Feishu's markdown: emphasis, links, mentions, coloured words. Read from left to right, nested where it may be.

import { append, h } from "../dom.js";
import { link, scan, URL_RULE } from "../scan.js";
import { nameOf } from "../store.js";
import { face } from "./people.js";

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** Rules by how they begin; the first that matches at a place draws it. `text`: also in text messages. */
const RULES = [
  { text: true, at: /<at\s+([^<>]*?)\/?>(?:([^<]*)<\/at>)?/y, draw: ([, inside, name]) => mention(inside, name) },
  { at: /<person\s+([^<>]*?)\/?>(?:[^<]*<\/person>)?/y, draw: ([, inside]) => face(attribute(inside, "id")) },
  { at: /<font\s+([^<>]*?)>([\s\S]*?)<\/font>/y, draw: ([, inside, words]) => coloured(attribute(inside, "color"), words) },
  { at: /<text_tag\s+([^<>]*?)>([^<]*)<\/text_tag>/y, draw: ([, inside, words]) => h("span", { class: `tag tone-${attribute(inside, "color") || "neutral"}` }, words) },
  { at: /<number_tag\s*([^<>]*?)>([^<]*)<\/number_tag>/y, draw: ([, , words]) => h("span", { class: "tag tone-neutral" }, words) },
  { at: /<local_datetime\s+([^<>]*?)\/?>(?:[^<]*<\/local_datetime>)?/y, draw: ([, inside]) => localTime(inside) },
  { at: /<(?:link|a)\s+([^<>]*?)>([^<]*)<\/(?:link|a)>/y, draw: ([, inside, words]) => link(attribute(inside, "url") || attribute(inside, "href"), words) },
  { text: true, at: /<br\s*\/?>/y, draw: () => "\n" },
  { text: true, at: /<(b|i|u|s)>([\s\S]*?)<\/\1>/y, draw: ([, name, words]) => append(h(name), drawInline(words)) },
  { at: /!\[([^\]]*)\]\([^)]*\)/y, draw: ([, words]) => h("span", {}, `[图片${words && ` ${words}`}]`) },
  { text: true, at: /\[([^[\]]*)\]\(\s*([^()\s]+)[^)]*\)/y, draw: ([, words, url]) => link(url, words) },
  { at: /<((?:https?|mailto):[^<>\s]+)>/y, draw: ([, url]) => link(url, url) },
  { text: true, ...URL_RULE },
  { at: /`+([^`]+)`+/y, draw: ([, words]) => h("code", {}, words) },
  { at: /\*\*(?=\S)([\s\S]+?)\*\*/y, draw: ([, words]) => append(h("b"), drawInline(words)) },
  { at: /~~(?=\S)([\s\S]+?)~~/y, draw: ([, words]) => append(h("s"), drawInline(words)) },
  { at: /\*(?=\S)([^*]+)\*/y, draw: ([, words]) => append(h("i"), drawInline(words)) },
  { at: /\\([!-/:-@[-`{-~])/y, draw: ([, letter]) => letter },
  { at: /&(#x?[0-9a-f]+|[a-z]+);/iy, draw: ([whole, name]) => entity(name) ?? whole },
];

const PLAIN = RULES.filter((rule) => rule.text);

/** Nodes and strings. `text`: a text message, which knows less. */
export function drawInline(source, { text = false } = {}) {
  return scan(text ? PLAIN : RULES, source, "<![\\*~`&h");
}

function attribute(inside, name) {
  const found = new RegExp(`${name}\\s*=\\s*(?:'([^']*)'|"([^"]*)"|([^\\s'"]+))`).exec(inside);
  return found ? (found[1] ?? found[2] ?? found[3]) : "";
}

function mention(inside, name) {
  const ids = attribute(inside, "ids") || attribute(inside, "id") || attribute(inside, "user_id") || attribute(inside, "email");
  return ids.split(",").map((id) => h("span", { class: "at" }, `@${id === "all" ? "所有人" : nameOf(id) || name || id}`));
}

function coloured(color, words) {
  return append(h("span", { class: `color-${color}` }), drawInline(words));
}

function localTime(inside) {
  const at = new Date(Number(attribute(inside, "millisecond")));
  return at.toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", dateStyle: "medium", timeStyle: "short" });
}

function entity(name) {
  if (!name.startsWith("#")) return ENTITIES[name.toLowerCase()];
  const code = name[1].toLowerCase() === "x" ? parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : null;
}
