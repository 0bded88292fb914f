// Moving the clock, what it will do next, and 到…: an instant in words.

import { h } from "./dom.js";
import { announce } from "./announce.js";
import { icon } from "./icons.js";
import { close, popover } from "./layer.js";
import { ask } from "./link.js";
import { openMonth } from "./month.js";
import { skinOf } from "./skins.js";
import { store } from "./store.js";
import { dateOf, dayOf, dueWords, inHowLong, momentOf, timeOf, weekdayOf } from "./words.js";

const WAYS = ["明天 09:00", "周五 17:00", "月底"];
/** Milliseconds after the last key until the words are read. */
const TYPED = 150;

export async function advance(goal) {
  if (store.walking) return;
  const done = await ask("advance", goal);
  announce(done.refused || `时钟到 ${momentOf(store.now, store.now)}`);
}

export const stop = () => ask("stop");

export function toNext() {
  if (store.due.length) advance({ to: store.due[0].at });
}

/** 「2026年3月3日 周二」 */
export const longDay = (stamp) => `${stamp.slice(0, 4)}年${dateOf(stamp)} ${weekdayOf(stamp)}`;

/** What comes next, each with a way there. */
export function dueRows(most = store.due.length) {
  const rows = store.due.slice(0, most).map((due) =>
    h(
      "div",
      { class: "due" },
      h("span", {}, h("b", {}, momentOf(due.at, store.now)), h("small", {}, inHowLong(store.now, due.at))),
      h("span", {}, dueWords(due), (due.moved || (due.why && !dueWords(due).includes(due.why))) && h("small", {}, due.moved || due.why)),
      h("span", { class: "whom" }, whom(due.whom), h("button", { class: "button small to", type: "button", on: { click: () => advance({ to: due.at }) } }, "跳到这里")),
    ),
  );
  return rows.length ? rows : h("p", { class: "empty" }, "今后没有安排好的事");
}

function whom([first, ...others]) {
  if (!first) return [];
  const [name, skin] = first;
  const drawn = skinOf({ skin });
  return h("span", { class: "names" }, drawn && h("span", { class: `tile ${skin}`, "aria-hidden": "true" }, drawn.mark), name, others.length > 0 && ` 等 ${others.length + 1} 人`);
}

/** 到…: words as the bot reads them, or a day from the calendar. */
export function openUntil(anchor) {
  const field = h("input", { type: "text", "aria-label": "到哪个时刻", placeholder: "下周五 17:00", autocomplete: "off", "data-first": "" });
  const said = h("p", { class: "said", role: "status" });
  const go = h("button", { class: "button main", type: "button", disabled: true, on: { click: () => leave() } }, "前进");
  let to = "";
  let timer = 0;
  const leave = () => {
    if (!to) return;
    close();
    advance({ to });
  };
  const read = async () => {
    const text = field.value.trim();
    const done = text ? await ask("moment", { text }) : {};
    if (text !== field.value.trim()) return;
    to = done.at ?? "";
    go.disabled = !to;
    said.replaceChildren();
    said.append(to ? `${longDay(to)} ${timeOf(to)}` : done.refused || "按机器人的读法：「下周五 17:00」「3天后 9点」");
    if (to) said.append(h("br"), passing(to));
  };
  const typed = () => {
    clearTimeout(timer);
    timer = setTimeout(read, TYPED);
  };
  const fill = (words) => {
    field.value = words;
    field.focus();
    read();
  };
  field.addEventListener("input", typed);
  field.addEventListener("keydown", async (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    clearTimeout(timer);
    await read();
    leave();
  });
  const panel = h("div", { class: "panel until" });
  const month = h("button", { class: "square", type: "button", title: "日历", "aria-label": "选择日期", on: { click: () => openMonth(month, panel, dayOf(to || store.now), (day) => fill(`${day} 09:00`)) } }, icon("calendar"));
  panel.append(
    h("header", {}, h("h2", {}, "到哪个时刻"), h("span", {}, "时间只能向前")),
    h("div", { class: "moment-field" }, field, month),
    said,
    h("footer", {}, WAYS.map((words) => h("button", { class: "button", type: "button", on: { click: () => fill(words) } }, words)), go),
  );
  read();
  popover(anchor, panel, { label: "到哪个时刻", wide: true });
}

function passing(to) {
  const passed = store.due.filter((due) => Date.parse(due.at) <= Date.parse(to)).length;
  return passed ? `途中会触发 ${passed} 件，按各自的时刻依次发生` : "途中没有安排好的事";
}
