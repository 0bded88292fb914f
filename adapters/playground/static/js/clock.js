// Moving the clock, and the list of what it will do next.

import { h, redraw } from "./dom.js";
import { announce } from "./announce.js";
import { close, isOpen, popover } from "./layer.js";
import { ask } from "./link.js";
import { on, store } from "./store.js";
import { dateOf, dueWords, inHowLong, momentOf, timeOf, weekdayOf } from "./words.js";

export async function advance(goal) {
  if (store.walking) return;
  const done = await ask("advance", goal);
  announce(done.refused || `时钟到 ${momentOf(store.now, store.now)}`);
}

export const stop = () => ask("stop");

export function toNext() {
  if (store.due.length) advance({ to: store.due[0].at });
}

let list = null;

export function openDue(anchor) {
  list = h("div", { class: "scrolled" });
  drawDue();
  const panel = h("div", { class: "panel" }, head(), list, ...until());
  popover(anchor, panel, { label: "接下来", wide: true, closed: () => (list = null) });
}

function head() {
  return h("header", {}, h("h2", {}, "接下来"), h("span", {}, "时间只能向前"));
}

function drawDue() {
  const sign = JSON.stringify(store.due) + store.now.slice(0, 16);
  redraw(list, sign, () => dueRows());
}

/** What comes next, each with a way there. */
export function dueRows(most = store.due.length) {
  const rows = store.due.slice(0, most).map((due) =>
    h(
      "div",
      { class: "due" },
      h("span", {}, h("b", {}, momentOf(due.at, store.now)), h("small", {}, inHowLong(store.now, due.at))),
      h("span", {}, dueWords(due), due.why && !dueWords(due).includes(due.why) && h("small", {}, due.why)),
      h("button", { class: "button small to", type: "button", on: { click: () => go(due.at) } }, "跳到这里"),
    ),
  );
  return rows.length ? rows : h("p", { class: "empty" }, "今后没有安排好的事");
}

function go(to) {
  close();
  advance({ to });
}

/** 到…: a day and time of one's own choice; the zone is the organisation's, as the clock's is. */
export function until() {
  const zone = store.now.slice(19);
  const field = h("input", {
    type: "datetime-local",
    "aria-label": "到哪个时刻",
    value: store.now.slice(0, 16),
    min: store.now.slice(0, 16),
  });
  const said = h("p", { class: "said", role: "status" });
  const tell = () => {
    const to = `${field.value}:00${zone}`;
    const ahead = field.value && Date.parse(to) > Date.parse(store.now);
    const passed = store.due.filter((due) => Date.parse(due.at) <= Date.parse(to)).length;
    said.textContent = ahead
      ? `${to.slice(0, 4)}年${dateOf(to)} ${weekdayOf(to)} ${timeOf(to)}，途中会触发 ${passed} 件`
      : "时间只能向前；要回到开头请用 重来";
    button.disabled = !ahead;
  };
  const button = h("button", { class: "button main", type: "button", on: { click: () => go(`${field.value}:00${zone}`) } }, "前进");
  field.addEventListener("input", tell);
  tell();
  return [h("div", { class: "until" }, h("span", {}, "到"), field, button), said];
}

on("clock", () => {
  if (list && isOpen() && !list.matches(":hover, :focus-within")) drawDue();
});
