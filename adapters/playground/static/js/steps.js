// 经过: the six steps of a turn, each with a tick, a stop sign or a dash.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { deliveries } from "./sent.js";

const MARKS = { ok: "tick", stop: "halt", skip: "dash" };
const STATES = { ok: "通过", stop: "停在这一步", skip: "没有这一步" };
const CORE = ["inbox", "drafts", "copies", "talks", "outbox", "audit"];

export const stepsOf = (turn) => h("ol", { class: "steps" }, turn.steps.map((step) => stepNode(step, turn)));

function stepNode(step, turn) {
  const state = step.state === "stop" ? "stopped" : step.state;
  return h(
    "li",
    { class: `step ${state}` },
    h("span", { class: "mark" }, icon(MARKS[step.state], STATES[step.state])),
    h("header", {}, h("h4", {}, step.title), step.took_ms > 0 && h("time", {}, `+${Math.round(step.took_ms)} ms`)),
    h("div", { class: "of-step" }, (INSIDE[step.name] ?? factsOf)(step, turn)),
  );
}

const factsOf = ({ facts }) => facts.length > 0 && h("dl", {}, facts.map(([what, said]) => [h("dt", {}, what), h("dd", {}, said)]));

const INSIDE = {
  received: (step, turn) => [factsOf(step), turn.pushes.slice(0, 1).map(({ way, attempts, lines }) => h("pre", { tabIndex: 0 }, `${way} · 第 ${attempts} 次投递\n${essence(lines)}`))],
  understood: (step) => [factsOf(step), step.words.length > 0 && wordTable(step.words)],
  written: (step) => [step.changes.length > 0 ? changeTable(step.changes) : "没有改动", factsOf(step)],
  answered: (step, turn) => [factsOf(step), deliveries(turn.deliveries)],
};

/** The first lines say whose it is and what of. */
function essence(lines) {
  const all = lines.split("\n");
  return all.length > 9 ? [...all.slice(0, 8), `… 还有 ${all.length - 8} 行`].join("\n") : lines;
}

function table(head, rows) {
  return h("table", {}, h("thead", {}, h("tr", {}, head.map((words) => h("th", { scope: "col" }, words)))), h("tbody", {}, rows));
}

const wordTable = (words) =>
  table(
    ["输入", "项", "值", "把握"],
    words.map(([typed, slot, value, sure]) => h("tr", {}, h("td", { class: "typed" }, typed || "–"), h("td", {}, slot), h("td", {}, value), h("td", { class: sure === "确定" ? "" : "unsure" }, sure))),
  );

/** What the capabilities wrote comes first; a row is one line. */
function changeTable(changes) {
  const rows = new Map();
  changes.forEach(([name, row, column, before, after], at) => {
    const key = row ? `${name} ${row}` : `${name} ${newRow(changes, at)}`;
    if (!rows.has(key)) rows.set(key, { name, row, cells: new Map() });
    const cells = rows.get(key).cells;
    cells.set(column, [cells.get(column)?.[0] ?? before, after]);
  });
  const core = ({ name }) => CORE.indexOf(name);
  const sorted = [...rows.values()].toSorted((one, other) => core(one) - core(other));
  return table(
    ["表", "行", "变化"],
    sorted.map(({ name, row, cells }) => h("tr", {}, h("td", { class: "code" }, name), h("td", {}, shortRow(name, row)), h("td", {}, [...cells].map(([column, [before, after]]) => change(column, before, after))))),
  );
}

/** Rows whose number the database gives are told apart by where their first column comes again. */
function newRow(changes, at) {
  const [name, , first] = changes.findLast(([table_, row], index) => index <= at && table_ === changes[at][0] && !row && isFirst(changes, index)) ?? changes[at];
  return changes.slice(0, at + 1).filter(([table_, row, column]) => table_ === name && !row && column === first).length;
}

function isFirst(changes, at) {
  const before = changes[at - 1];
  return !before || before[0] !== changes[at][0] || before[1] !== "" || changes.slice(0, at).some(([table_, , column]) => table_ === changes[at][0] && column === changes[at][2]);
}

function shortRow(name, row) {
  if (!row) return "新增";
  return CORE.includes(name) ? "" : row;
}

function change(column, before, after) {
  return h(
    "span",
    { class: "change" },
    `${column} `,
    before && h("del", {}, before),
    before && after && " → ",
    after && h("ins", {}, column === "digest" ? after.slice(0, 12) : after),
  );
}
