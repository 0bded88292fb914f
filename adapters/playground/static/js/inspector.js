// 透视: the drawer on one turn of the bot, opened from a message, a line of the strip, or the last thing that happened.

import { h, redraw } from "./dom.js";
import { closeDrawer, drawerOpen, openDrawer } from "./drawer.js";
import { icon } from "./icons.js";
import { ask } from "./link.js";
import { on } from "./store.js";
import { toast } from "./small-toast.js";
import { deliveries } from "./sent.js";
import { stepsOf } from "./steps.js";
import { opens, touch } from "./touched.js";
import { secondOf } from "./words.js";

const TABS = { steps: "经过", pushes: "推送原文", sent: "送出原文", logs: "日志" };
const AGAIN = 350;

let turn = null;
let tab = "steps";
let timer = 0;

const id = h("button", { class: "trace", type: "button", title: "复制编号", on: { click: () => copy(turn?.trace ?? "") } });
const before = step("left", "上一步", () => look({ trace: turn.before }));
const after = step("right", "下一步", () => look({ trace: turn.after }));
const said = h("div", { class: "said-of-turn" });
const tabs = h("div", { class: "tabs-of-turn", role: "tablist", "aria-label": "透视" });
const page = h("div", { class: "page-of-turn", role: "tabpanel" });

function step(drawn, words, act) {
  return h("button", { class: "square", type: "button", title: words, "aria-label": words, on: { click: act } }, icon(drawn));
}

export async function copy(words) {
  await navigator.clipboard?.writeText(words).catch(() => {});
  toast("已复制");
}

/** `what`: a message's key, an event's order, or a trace; nothing: the last turn. */
export async function look(what = {}) {
  const done = await ask("look", what);
  if (done.refused && drawerOpen() === "inspector") toast(done.refused);
  turn = done.turn ?? (drawerOpen() === "inspector" ? turn : null);
  if (drawerOpen() !== "inspector") {
    tab = "steps";
    openDrawer("inspector", "透视", h("div", { class: "inside" }, said, tabs, page), { tools: [id, before, after], closed: forget });
  }
  draw(true);
}

function forget() {
  turn = null;
  touch({});
}

export function toggleInspector() {
  if (drawerOpen() === "inspector") return closeDrawer();
  const key = document.activeElement?.closest?.(".message[data-key]")?.dataset.key;
  look(key ? { message: key } : {});
}

function draw(fresh = false) {
  id.textContent = turn ? `${turn.trace.slice(0, 8)}…` : "";
  before.disabled = !turn?.before;
  after.disabled = !turn?.after;
  touch(turn?.touched ?? {});
  redraw(said, JSON.stringify([turn?.trace, turn?.answered_ms, turn?.deliveries.length]), summary);
  redraw(tabs, `${tab}${Boolean(turn)}`, () => (turn ? Object.entries(TABS).map(tabButton) : []));
  redraw(page, JSON.stringify([tab, turn]), () => (turn ? PAGES[tab]() : empty("点一条消息旁的放大镜，看它怎么来的")));
  if (fresh) page.querySelector(".stopped")?.scrollIntoView({ block: "nearest" });
}

const empty = (words) => h("p", { class: "empty" }, words);

function summary() {
  if (!turn) return [];
  const rows = new Set(turn.steps.flatMap((one) => one.changes.map(([table, row]) => `${table} ${row}`))).size;
  const facts = [turn.at && secondOf(turn.at), ["应答", `${Math.round(turn.answered_ms)} ms`], ["改动", `${rows} 行`], ["送出", `${turn.deliveries.length} 条`]];
  return [
    h("h3", {}, turn.title),
    h("p", {}, facts.filter(Boolean).map((fact) => (Array.isArray(fact) ? h("span", {}, fact[0], " ", h("b", {}, fact[1])) : h("time", {}, fact)))),
  ];
}

function tabButton([name, words]) {
  const choose = () => {
    tab = name;
    draw();
    tabs.querySelector("[aria-selected=true]")?.focus();
  };
  return h("button", { type: "button", role: "tab", "aria-selected": String(tab === name), on: { click: choose } }, words);
}

const PAGES = {
  steps: () => stepsOf(turn),
  pushes: () => (turn.pushes.length ? turn.pushes.map(({ way, attempts, lines }) => raw(`${way} · 第 ${attempts} 次投递`, lines)) : empty("没有推送：这一步是时钟自己走到的")),
  sent: () => (turn.deliveries.length ? deliveries(turn.deliveries, true) : empty("这一步没有送出消息")),
  logs: () => (turn.logs.length ? raw("", turn.logs.join("\n")) : empty("没有记下日志")),
};

function raw(title, lines) {
  return h(
    "section",
    { class: "raw" },
    h("header", {}, h("span", {}, title), h("button", { class: "button small", type: "button", on: { click: () => copy(lines) } }, "复制")),
    h("pre", { tabIndex: 0 }, lines),
  );
}

/** Deliveries end after the turn did. */
function soon() {
  if (drawerOpen() !== "inspector" || !turn || timer) return;
  timer = setTimeout(async () => {
    timer = 0;
    const { trace } = turn ?? {};
    if (!trace) return;
    const done = await ask("look", { trace });
    if (done.turn && turn?.trace === done.turn.trace) {
      turn = done.turn;
      draw();
    }
  }, AGAIN);
}

opens(look);
for (const kind of ["messages", "events", "trouble"]) on(kind, soon);
on("state", () => drawerOpen() === "inspector" && closeDrawer());
