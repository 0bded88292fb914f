// A month to pick a day from; weeks start on Monday.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { store } from "./store.js";
import { dayOf } from "./words.js";
import { closeDrop, drop } from "./drop.js";

const WEEK = ["一", "二", "三", "四", "五", "六", "日"];
const DAY = 86400000;

const iso = (date) => date.toISOString().slice(0, 10);
const utc = (day) => new Date(`${day}T00:00:00Z`);

/** `picked` is called with an ISO day. */
export function openMonth(anchor, frame, day, picked) {
  const content = h("div", { class: "month", role: "dialog", "aria-label": "选择日期" });
  const opened = drop(anchor, frame, content, { width: "274px" });
  if (!opened) return;
  const focusOn = (on) => {
    draw(content, on, day, {
      go: (months) => focusOn(moved(on, months)),
      choose: (chosen) => {
        picked(chosen);
        closeDrop();
      },
    });
    content.querySelector(`[data-day="${on}"]`)?.focus({ preventScroll: true });
  };
  content.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    const on = document.activeElement.dataset.day;
    if (!step || !on) return;
    event.preventDefault();
    focusOn(iso(new Date(utc(on).getTime() + step * DAY)));
  });
  focusOn(day || dayOf(store.now));
  opened.place();
}

function moved(day, months) {
  const date = utc(`${day.slice(0, 8)}01`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return iso(date);
}

function draw(content, on, day, { go, choose }) {
  const first = utc(`${on.slice(0, 8)}01`);
  const start = first.getTime() - ((first.getUTCDay() + 6) % 7) * DAY;
  const days = Array.from({ length: 42 }, (_, at) => iso(new Date(start + at * DAY)));
  const arrow = (drawn, words, months) =>
    h("button", { type: "button", "aria-label": words, on: { click: () => go(months) } }, icon(drawn));
  content.replaceChildren(
    h("header", {}, arrow("left", "上个月", -1), `${first.getUTCFullYear()}年${first.getUTCMonth() + 1}月`, arrow("right", "下个月", 1)),
    h(
      "div",
      { class: "days" },
      WEEK.map((name) => h("span", {}, name)),
      days.map((one) => cell(one, { on, day, choose })),
    ),
  );
}

function cell(one, { on, day, choose }) {
  const classes = [one.slice(0, 7) !== on.slice(0, 7) && "outside", one === dayOf(store.now) && "today"];
  return h(
    "button",
    {
      type: "button",
      class: classes.filter(Boolean).join(" "),
      "data-day": one,
      "aria-label": one,
      "aria-pressed": String(one === day),
      tabIndex: one === on ? 0 : -1,
      on: { click: () => choose(one) },
    },
    String(Number(one.slice(8))),
  );
}
