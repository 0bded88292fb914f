// 时钟与故障: the drawer that moves the clock (upper half) and breaks things (lower half).

import { openEvents } from "./activity.js";
import { append, h, redraw } from "./dom.js";
import { advance, dueRows, longDay, openUntil, toNext } from "./clock.js";
import { closeDrawer, drawerOpen, openDrawer } from "./drawer.js";
import { icon } from "./icons.js";
import { ask } from "./link.js";
import { on, store } from "./store.js";
import { skinOf } from "./skins.js";
import { drawWeek } from "./week.js";
import { timeOf } from "./words.js";

const MOST_DUE = 6;
/** Kinds of time at which people work. */
const ON = new Set(["工作时间", "调休上班"]);

/** Where a fault would strike when it is switched on; all messengers until somebody chooses. */
const chosen = new Map();

const time = h("div", { class: "big-clock" });
const buttons = h("div", { class: "clock-buttons" });
const lately = h("div", { class: "lately" });
const week = h("div", { class: "week", role: "list", "aria-label": "这一周" });
const dueHead = h("div", { class: "due-head" });
const due = h("div", { class: "due-rows" });
const head = h("div", { class: "faults-head" });
const rows = h("div", { class: "fault-rows" });
const rest = h("div", { class: "fault-rows" });
const more = h("details", { class: "more-faults" }, h("summary", {}, "更多"), rest);

const until = h("button", { class: "button last", type: "button", title: "到某个时刻", on: { click: () => openUntil(until) } }, icon("calendar"), "到…");

export const switchesOn = () => store.trouble.switches.filter(({ on: at }) => at.length > 0);

export function openTrouble() {
  const clock = h("section", {}, time, buttons, lately, week);
  const next = h("section", { class: "coming" }, dueHead, due);
  const faults = h("section", { class: "faults" }, head, rows, more);
  openDrawer("trouble", "时钟与故障", h("div", { class: "scrolled" }, clock, next, faults));
  if (switchesOn().some((one) => one.more)) more.open = true;
  draw();
}

export function toggleTrouble() {
  if (drawerOpen() === "trouble") closeDrawer();
  else openTrouble();
}

/** Straight to the switches. */
export function openFaults() {
  if (drawerOpen() !== "trouble") openTrouble();
  head.scrollIntoView({ block: "start" });
}

function draw() {
  if (drawerOpen() !== "trouble" || !store.now) return;
  redraw(time, store.now.slice(0, 16) + store.mode, () => [h("b", {}, timeOf(store.now)), h("span", {}, longDay(store.now)), store.mode && h("i", { class: ON.has(store.mode) ? "mode on" : "mode" }, store.mode)]);
  redraw(buttons, `${store.due.length > 0}${Boolean(store.walking)}`, clockButtons);
  const last = store.walking ? undefined : store.events.findLast(({ who }) => who === "时钟");
  redraw(lately, JSON.stringify(last ?? null), () => (last ? summary(last) : []));
  drawWeek(week);
  redraw(dueHead, String(store.due.length), () => [h("h3", {}, "接下来"), store.due.length > 0 && h("span", {}, `共 ${store.due.length} 件，时间只能向前`)]);
  if (!due.matches(":hover, :focus-within")) redraw(due, JSON.stringify(store.due.slice(0, MOST_DUE)) + store.now.slice(0, 16), () => dueRows(MOST_DUE));
  const count = switchesOn().length;
  redraw(head, String(count), () => [h("h3", {}, "故障"), h("span", {}, count ? `${count} 项开着` : "现在一切正常"), count > 0 && h("button", { class: "all-off", type: "button", on: { click: () => ask("switch") } }, "全部关闭")]);
  drawRows(rows, false);
  drawRows(rest, true);
}

/** 「刚才前进 …，触发 3 件，发出 5 条，改卡片 1 张」 */
function summary({ what, marks }) {
  const sum = (name) => marks.reduce((all, mark) => all + mark[name], 0);
  const came = [sum("sent") && `发出 ${sum("sent")} 条`, sum("changed") && `改卡片 ${sum("changed")} 张`].filter(Boolean);
  return h("button", { type: "button", title: "动静（E）", on: { click: () => openEvents(lately) } }, icon("done"), h("span", {}, [`刚才${what}`, ...came].join("，")), icon("right"));
}

function clockButtons() {
  const jump = (words, seconds) => h("button", { class: "button", type: "button", disabled: Boolean(store.walking), on: { click: () => advance({ seconds }) } }, words);
  return [
    jump("+1 小时", 3600),
    jump("+1 天", 86400),
    jump("+7 天", 604800),
    h("button", { class: "button main", type: "button", disabled: !store.due.length || Boolean(store.walking), on: { click: toNext } }, icon("skip"), "到下一件"),
    until,
  ];
}

function drawRows(place, second) {
  const list = store.trouble.switches.filter((one) => one.more === second);
  redraw(place, JSON.stringify([list, [...chosen]]), () => list.map(row));
}

function row(fault) {
  const at = fault.on.length ? fault.on : (chosen.get(fault.name) ?? fault.offered);
  const isOn = fault.on.length > 0;
  const set = (more) => ask("switch", { name: fault.name, channels: at, on: isOn, value: fault.value, ...more });
  const choose = (channel) => {
    const next = at.includes(channel) ? at.filter((one) => one !== channel) : [...at, channel];
    if (!next.length) return;
    chosen.set(fault.name, next);
    if (isOn) set({ channels: next });
    else draw();
  };
  return h(
    "div",
    { class: isOn ? "fault on" : "fault" },
    h("div", { class: "about" }, h("b", { id: `fault-${fault.name}` }, fault.title), fault.values.length > 0 && valueChip(fault, set), h("small", {}, fault.words)),
    !fault.whole && h("div", { class: "where", role: "group", "aria-label": `${fault.title}：哪些平台` }, channels().map(([key, skin]) => whereButton(fault, key, skin, at, choose))),
    h("button", {
      class: "switch",
      type: "button",
      role: "switch",
      "aria-checked": String(isOn),
      "aria-labelledby": `fault-${fault.name}`,
      on: { click: () => set({ on: !isOn }) },
    }),
  );
}

function valueChip(fault, set) {
  const next = (fault.value + 1) % fault.values.length;
  return h("button", { class: "value", type: "button", title: "换一个值", on: { click: () => set({ value: next }) } }, fault.values[fault.value]);
}

function whereButton(fault, key, skin, at, choose) {
  const offered = fault.offered.includes(key);
  return h(
    "button",
    { type: "button", disabled: !offered, title: offered ? skin.title : `${skin.title}没有这种故障`, "aria-pressed": String(offered && at.includes(key)), on: { click: () => choose(key) } },
    skin.mark,
  );
}

/** Channels in the order of the windows' messengers: 企 钉 飞. */
function channels() {
  const found = new Map();
  for (const account of store.accounts.values()) found.set(account.channel, skinOf(account));
  const order = [...new Set(store.trouble.switches.flatMap(({ offered }) => offered))];
  return order.filter((key) => found.has(key)).map((key) => [key, found.get(key)]);
}

/** The amber count in the top bar. */
export function faultBadge() {
  const count = switchesOn().length;
  return count > 0 && h("span", { class: "badge amber" }, String(count));
}

for (const kind of ["trouble", "clock", "events"]) on(kind, draw);
on("state", () => chosen.clear());
