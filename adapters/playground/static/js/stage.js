// The windows side by side, and on small pages the tabs that choose among them.

import { h, redraw } from "./dom.js";
import { activate, layout, shown } from "./layout.js";
import { Seat } from "./seat.js";
import { on, store, unreadOf } from "./store.js";
import { tile } from "./switcher.js";
import { badge, dayOf } from "./words.js";

const stage = document.getElementById("stage");
const tabs = document.getElementById("tabs");
const seats = new Map();

export const seatOf = (key) => seats.get(key);
export const activeSeat = () => seats.get(layout.active);

function arrange() {
  for (const [key, seat] of seats) {
    if (layout.seats.includes(key)) continue;
    seat.close();
    seats.delete(key);
  }
  for (const key of layout.seats) if (!seats.has(key)) seats.set(key, new Seat(key));
  const wanted = layout.seats.map((key) => seats.get(key).root);
  wanted.forEach((root, at) => {
    if (stage.children[at] !== root) stage.insertBefore(root, stage.children[at] ?? null);
  });
  const visible = shown();
  for (const [key, seat] of seats) seat.show(visible.includes(key));
  drawTabs(visible);
}

function drawTabs(visible = shown()) {
  tabs.hidden = visible.length === layout.seats.length && layout.seats.length > 1;
  const sign = layout.seats.map((key) => [key, visible.includes(key), unreadOf(key)]).join();
  redraw(tabs, sign, () => layout.seats.map((key) => tab(key, visible)));
}

function tab(key, visible) {
  const { person, skin } = store.accounts.get(key);
  const unread = visible.includes(key) ? 0 : unreadOf(key);
  return h(
    "button",
    { type: "button", "aria-current": visible.includes(key) ? "true" : "false", on: { click: () => activate(key) } },
    tile(skin),
    person.name,
    unread > 0 && h("span", { class: "badge", "aria-label": `${unread} 条未读` }, badge(unread)),
  );
}

on("seats", arrange);
on("state", () => {
  for (const seat of seats.values()) seat.take([]);
});
on("messages", (news) => {
  for (const seat of seats.values()) seat.take(news.filter(({ message }) => message.seat === seat.key));
  drawTabs();
});
let day = "";
on("clock", () => {
  if (dayOf(store.now) === day) return;
  day = dayOf(store.now);
  for (const seat of seats.values()) seat.take([]);
});
on("local", (key) => seats.get(key)?.take([]));
on("connection", () => {
  for (const seat of seats.values()) seat.lock(!store.connected);
});
