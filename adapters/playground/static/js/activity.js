// The strip at the bottom: the last thing that happened, in one line; the list above it has them all.

import { h, redraw } from "./dom.js";
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

/** One mark per messenger that something came to. */
function outcome(event) {
  const marks = event.marks.map(({ messenger, sent, changed, seconds }) => {
    const came = [changed && `改卡片 ${changed} 张`, sent && `发 ${sent} 条`].filter(Boolean).join("，");
    return h("span", { class: "came", title: came }, icon("tick"), `${messenger} ${seconds.toFixed(1)} s`);
  });
  return event.problem ? [...marks, h("span", { class: "came problem" }, icon("alert"), event.problem)] : marks;
}

function draw() {
  const last = store.events.at(-1);
  redraw(line, JSON.stringify(last), () =>
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

export function openEvents(anchor = more) {
  const rows = [...store.events]
    .reverse()
    .map((event) =>
      h("div", {}, h("time", {}, secondOf(event.at)), h("span", {}, h("b", {}, event.who), " ", event.what), h("span", { class: "marks" }, outcome(event), seeButton(event))),
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
