// The strip at the bottom: the last thing that happened, in one line; the list above it has them all.

import { append, h, redraw } from "./dom.js";
import { icon } from "./icons.js";
import { look } from "./inspector.js";
import { close, popover } from "./layer.js";
import { on, store } from "./store.js";
import { secondOf } from "./words.js";

const strip = document.getElementById("strip");
const line = h("div", { class: "event", "aria-live": "off" });
const more = h("button", { class: "more", type: "button", title: "动静（E）", on: { click: () => openEvents(more) } });
const into = h("button", { class: "more into", type: "button", title: "看这一步（I）", on: { click: () => look({ event: store.events.at(-1).order }) } }, icon("look"), "看这一步");
strip.append(line, into, more);

const TROUBLED = { waiting: ["alert", "等待重试"], unknown: ["alert", "不知是否送达"], refused: ["wrong", "没有送出"] };

/** One mark per messenger that something came to, or is on its way to. */
function mark({ messenger, sent, changed, seconds, state }) {
  const came = [changed && `改卡片 ${changed} 张`, sent && `发 ${sent} 条`].filter(Boolean).join("，");
  if (state === "sending") return h("span", { class: "came sending", title: "正在送" }, icon("again"), messenger);
  const [drawn, words] = TROUBLED[state] ?? ["tick", `${seconds.toFixed(1)} s`];
  return h("span", { class: TROUBLED[state] ? `came problem ${state}` : "came", title: came }, icon(drawn), `${messenger} ${words}`);
}

/** → BB1001 待审 → 已通过, then the marks. */
function outcome({ about, before, after, refused, marks, problem }) {
  return [
    about && h("span", { class: "came-of" }, h("i", {}, "→"), about, " ", h("b", {}, [before, after].filter(Boolean).join(" → "))),
    refused && h("span", { class: "came problem" }, icon("halt"), "已拒"),
    marks.map(mark),
    problem && h("span", { class: "came problem" }, icon("alert"), problem),
  ];
}

const isOdd = ({ refused, problem, marks }) => refused || Boolean(problem) || marks.some(({ state }) => TROUBLED[state]);

function draw() {
  const last = store.events.at(-1);
  redraw(line, JSON.stringify(last ?? null), () =>
    last ? [h("time", {}, secondOf(last.at)), h("b", {}, last.who), h("span", { class: "what" }, last.what), outcome(last)] : "还没有动静",
  );
  more.hidden = !last;
  into.hidden = !last?.trace;
  redraw(more, String(store.events.length), () => [`全部 ${store.events.length} 条`, icon("up")]);
}

function seeButton(event) {
  const see = () => {
    close();
    look({ event: event.order });
  };
  return event.trace && h("button", { class: "see", type: "button", on: { click: see } }, icon("look"), "看这一步");
}

function row(event) {
  return h(
    "div",
    {},
    h("time", {}, secondOf(event.at)),
    h("span", {}, h("b", {}, event.who), " ", event.what),
    h("span", { class: "marks" }, outcome(event), seeButton(event)),
  );
}

/** By person, and only what did not go as it should. */
const wanted = { who: "", odd: false };
let list = null;

function drawList() {
  if (!list) return;
  const events = store.events.filter((event) => (!wanted.who || event.who === wanted.who) && (!wanted.odd || isOdd(event)));
  redraw(list.rows, JSON.stringify([events, wanted]), () => (events.length ? events.toReversed().map(row) : h("p", { class: "empty" }, "还没有动静")));
  list.count.textContent = events.length === store.events.length ? `全部 ${events.length} 条` : `${events.length} / ${store.events.length} 条`;
}

function filters() {
  const names = [...new Set(store.events.map(({ who }) => who))];
  if (!names.includes(wanted.who)) wanted.who = "";
  const choice = (words, value) => h("option", { value, selected: value === wanted.who }, words);
  const people = h("select", { "aria-label": "只看谁", on: { change: () => choose({ who: people.value }) } }, choice("所有人", ""), names.map((name) => choice(name, name)));
  const odd = h("input", { type: "checkbox", checked: wanted.odd, on: { change: () => choose({ odd: odd.checked }) } });
  return [people, h("label", {}, odd, "只看异常")];
}

function choose(more) {
  Object.assign(wanted, more);
  drawList();
}

export function openEvents(anchor = more) {
  list = { rows: h("div", { class: "scrolled events" }), count: h("span", {}) };
  const panel = h("div", { class: "panel of-events", tabIndex: -1 }, h("header", {}, h("h2", {}, "动静"), append(h("div", { class: "filters" }), filters()), list.count), list.rows);
  drawList();
  popover(anchor, panel, { label: "动静", wide: true, closed: () => (list = null) });
  panel.focus();
}

on("events", () => {
  draw();
  drawList();
});
