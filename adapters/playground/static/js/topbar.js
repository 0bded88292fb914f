// The bar on top: mark, clock, 「接下来」, and what the page itself can do.

import { advance, openUntil, stop, toNext } from "./clock.js";
import { append, h, redraw } from "./dom.js";
import { icon } from "./icons.js";
import { openEvents } from "./activity.js";
import { drawerOpen } from "./drawer.js";
import { toggleInspector } from "./inspector.js";
import { menu, question } from "./layer.js";
import { isNarrow, layout, leave, MOST_SEATS } from "./layout.js";
import { ask, triesSoFar } from "./link.js";
import { on, store } from "./store.js";
import { openSwitcher } from "./switcher.js";
import { startTour } from "./tour.js";
import { faultBadge, openFaults, openTrouble, switchesOn, toggleTrouble } from "./trouble.js";
import { dateOf, dueWords, momentOf, timeOf, weekdayOf } from "./words.js";

const bar = document.getElementById("topbar");
const offline = document.getElementById("offline");

const moment = h("div", { class: "moment", role: "timer", "aria-label": "演练时钟" });
const controls = h("div", { style: { display: "contents" } });
const dial = h("div", { class: "dial" }, moment, controls);
const next = h("button", { class: "next", type: "button", title: "时钟与故障（T）", on: { click: () => toggleTrouble() } });
const clock = h("div", { class: "clock" }, dial, next);

const tool = (drawn, words, key, act) =>
  h(
    "button",
    { class: "tool", type: "button", title: key ? `${words}（${key}）` : words, "aria-label": words, on: { click: act } },
    icon(drawn),
    h("span", {}, words),
  );

const trouble_ = tool("bolt", "故障", "T", () => toggleTrouble());
const look_ = tool("look", "透视", "I", () => toggleInspector());
const window_ = tool("plus", "窗口", "", () => openSwitcher(window_));
const guide_ = tool("flag", "导览", "", () => startTour());
const again = tool("again", "重来", "", () => restart());
const more = tool("more", "更多", "", () => openMore());
const tools = h("div", { class: "tools" });

bar.append(
  h(
    "div",
    { class: "brand" },
    h("img", { src: "playground/mark.svg", alt: "" }),
    h("h1", {}, "渠道通 ", h("span", {}, "演练场")),
    h("p", {}, "示例集团 · 全部为虚构数据"),
  ),
  clock,
  tools,
);

async function restart() {
  const sure = await question("清空演练数据并从 2026-03-02 09:00 重新开始？", "窗口和人物保持不变。", "重来");
  if (sure) await ask("restart");
}

function openMore() {
  const nothing = !store.due.length || Boolean(store.walking);
  menu(more, [
    [icon("skip"), "到下一件", toNext, nothing],
    [icon("calendar"), "到…", () => openUntil(more), Boolean(store.walking)],
    [icon("clock"), "接下来", openTrouble],
    [icon("swap"), "换人", () => openSwitcher(more, layout.active)],
    [icon("plus"), "窗口", () => openSwitcher(more), layout.seats.length >= MOST_SEATS],
    [icon("close"), "关掉窗口", () => leave(layout.active), layout.seats.length < 2],
    [icon("bolt"), "故障", openFaults],
    [icon("look"), "透视", toggleInspector],
    [icon("flag"), "导览", startTour],
    [icon("list"), "动静", () => openEvents(more)],
    [icon("again"), "重来", restart],
  ]);
}

function clockButton(words, act, more = {}) {
  return h("button", { type: "button", on: { click: act }, ...more }, words);
}

function drawnControls() {
  if (store.walking) {
    const { done, total } = store.walking;
    return [
      total > 40 && h("span", { class: "moment" }, `${done} / ${total}`),
      clockButton([icon("stop"), "停"], stop, { "aria-label": "停下时钟" }),
    ];
  }
  return [
    clockButton("+1 小时", () => advance({ seconds: 3600 })),
    clockButton("+1 天", () => advance({ seconds: 86400 })),
    !isNarrow() && clockButton(["到…", icon("down")], () => openUntil(dial), { title: "到某个时刻" }),
  ];
}

function draw() {
  if (!store.now) return;
  const day = isNarrow() ? dateOf(store.now) : `${dateOf(store.now)} ${weekdayOf(store.now)}`;
  redraw(moment, day + timeOf(store.now), () => [icon("clock"), h("span", {}, day), h("b", {}, timeOf(store.now))]);
  clock.classList.toggle("running", Boolean(store.walking));
  redraw(controls, JSON.stringify([store.walking, store.due.length > 0, isNarrow()]), drawnControls);
  drawNext();
}

function drawNext() {
  const first = store.due[0];
  const when = first ? momentOf(first.at, store.now) : "";
  const what = first ? dueWords(first) : "今后没有安排好的事";
  next.hidden = isNarrow();
  next.title = first ? `${when} ${what}（T）` : "";
  redraw(next, when + what, () => [
    "接下来",
    first && h("b", {}, when.replace("今天 ", "")),
    h("span", { class: "what" }, what),
    first && icon("right"),
  ]);
}

function drawTools() {
  redraw(tools, String(isNarrow()), () => (isNarrow() ? [more] : [window_, trouble_, look_, guide_, again]));
  window_.disabled = layout.seats.length >= MOST_SEATS;
}

function drawConnection() {
  offline.hidden = store.connected || triesSoFar() < 2;
  offline.textContent = offline.hidden ? "" : `与机器人断开，正在重连（${triesSoFar()}）`;
}

on("clock", draw);
on("seats", () => {
  drawTools();
  draw();
});
on("connection", drawConnection);
on("drawer", () => {
  look_.setAttribute("aria-pressed", String(drawerOpen() === "inspector"));
  trouble_.setAttribute("aria-pressed", String(drawerOpen() === "trouble"));
});
on("trouble", () => {
  trouble_.classList.toggle("amber", switchesOn().length > 0);
  trouble_.querySelector(".badge")?.remove();
  append(trouble_, [faultBadge()]);
});
