// Feishu's markdown by blocks: paragraphs, headings, lists, quotes, code, rules, tables.

import { append, h } from "../dom.js";
import { drawInline } from "./inline.js";

const LINES = [
  { at: /^(#{1,6})\s+(.*)/, draw: ([, marks, words]) => heading(marks.length, words) },
  { at: /^\s*(?:-{3,}|\*{3,}|<hr\s*\/?>)\s*$/, draw: () => h("hr") },
];
const GROUPS = [
  { at: /^\s*[-*]\s+(.*)/, draw: (lines) => list("ul", lines) },
  { at: /^\s*\d+[.)]\s+(.*)/, draw: (lines) => list("ol", lines) },
  { at: /^>\s?(.*)/, draw: (lines) => append(h("blockquote"), drawInline(lines.join("\n"))) },
];
const RULE = /^\s*\|?(?:\s*:?-{3,}:?\s*\|)+\s*(?::?-{3,}:?)?\s*$/;

export function drawMarkdown(source) {
  const lines = source.split("\n");
  const drawn = [];
  let words = [];
  const paragraph = () => {
    if (words.some((line) => line.trim())) drawn.push(append(h("p"), drawInline(words.join("\n"))));
    words = [];
  };
  while (lines.length) {
    const block = code(lines) ?? table(lines) ?? group(lines) ?? single(lines);
    if (block) {
      paragraph();
      drawn.push(block);
    } else {
      const line = lines.shift();
      if (line.trim()) words.push(line);
      else paragraph();
    }
  }
  paragraph();
  return drawn;
}

function single(lines) {
  for (const { at, draw } of LINES) {
    const match = at.exec(lines[0]);
    if (match) {
      lines.shift();
      return draw(match);
    }
  }
  return null;
}

function group(lines) {
  for (const { at, draw } of GROUPS) {
    const taken = [];
    for (let match; lines.length && (match = at.exec(lines[0])); lines.shift()) taken.push(match[1]);
    if (taken.length) return draw(taken);
  }
  return null;
}

function code(lines) {
  if (!/^```/.test(lines[0])) return null;
  const end = lines.findIndex((line, at) => at > 0 && /^```/.test(line));
  if (end < 0) return null;
  const taken = lines.splice(0, end + 1);
  return h("pre", {}, taken.slice(1, -1).join("\n"));
}

function table(lines) {
  if (!lines[0].includes("|") || !RULE.test(lines[1] ?? "")) return null;
  const rows = [lines.shift()];
  lines.shift();
  while (lines.length && lines[0].includes("|")) rows.push(lines.shift());
  const [head, ...body] = rows.map((row) => row.trim().replace(/^\||\|$/g, "").split("|"));
  const cells = (name, row) => row.map((cell) => append(h(name), drawInline(cell.trim())));
  return h(
    "div",
    { class: "grid-table" },
    h("table", {}, h("thead", {}, h("tr", {}, cells("th", head))), h("tbody", {}, body.map((row) => h("tr", {}, cells("td", row))))),
  );
}

function heading(level, words) {
  return append(h("div", { class: `size-heading-${Math.min(level, 4)}`, role: "heading", "aria-level": String(level + 2) }), drawInline(words));
}

function list(name, lines) {
  return h(name, {}, lines.map((line) => append(h("li"), drawInline(line))));
}
