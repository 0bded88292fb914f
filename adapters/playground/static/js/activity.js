// The strip at the bottom: the last thing that happened, in one line; the list above it has them all.

import { h, redraw } from "./dom.js";
import { icon } from "./icons.js";
import { popover } from "./layer.js";
import { on, store } from "./store.js";
import { secondOf } from "./words.js";

const strip = document.getElementById("strip");
const line = h("div", { class: "event", "aria-live": "off" });
const more = h("button", { class: "more", type: "button", title: "动静（E）", on: { click: () => openEvents(more) } });
strip.append(line, more);

function outcome(event) {
  if (event.problem) return h("span", { class: "came problem" }, icon("alert"), event.problem);
  const came = [event.changed && `改卡片 ${event.changed} 张`, event.sent && `发 ${event.sent} 条`].filter(Boolean);
  return came.length ? h("span", { class: "came" }, icon("tick"), `飞书 ${came.join("，")}`) : null;
}

function draw() {
  const last = store.events.at(-1);
  redraw(line, JSON.stringify(last), () =>
    last ? [h("time", {}, secondOf(last.at)), h("b", {}, last.who), last.what, outcome(last)] : "还没有动静",
  );
  more.hidden = !last;
  redraw(more, String(store.events.length), () => [`全部 ${store.events.length} 条`, icon("up")]);
}

export function openEvents(anchor = more) {
  const rows = [...store.events]
    .reverse()
    .map((event) =>
      h("div", {}, h("time", {}, secondOf(event.at)), h("span", {}, h("b", {}, event.who), " ", event.what), outcome(event) ?? h("i")),
    );
  const panel = h(
    "div",
    { class: "panel" },
    h("header", {}, h("h2", {}, "动静"), h("span", {}, `${rows.length} 条`)),
    h("div", { class: "scrolled events" }, rows.length ? rows : h("p", { class: "empty" }, "还没有动静")),
  );
  panel.tabIndex = -1;
  popover(anchor, panel, { label: "动静", wide: true });
  panel.focus();
}

on("events", draw);
