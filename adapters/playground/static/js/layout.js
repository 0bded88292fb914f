// Who sits in which window, in which conversation. Kept in the address (#wecom:zhaomin/p2p,…), so that a link reproduces it.

import { emit, on, store } from "./store.js";

export const MOST_SEATS = 4;
const FIRST_SEATS = ["wecom:zhaomin", "dingtalk:lijing", "feishu:ou_linlan"];

export const layout = { seats: [], chats: new Map(), active: "", recent: [] };

export const chatOf = (seat) => layout.chats.get(seat) ?? "p2p";

/** Another conversation in this window. */
export function openChat(seat, chat) {
  layout.chats.set(seat, chat);
  remember();
  emit("seats");
}

const narrow = matchMedia("(max-width: 759px)");
const middle = matchMedia("(max-width: 1179px)");
for (const width of [narrow, middle]) width.addEventListener("change", () => emit("seats"));

export const isNarrow = () => narrow.matches;

/** The windows that are drawn: all of them, or as many as there is room for, the active one among them. */
export function shown() {
  const most = narrow.matches ? 1 : middle.matches ? 2 : layout.seats.length;
  const kept = new Set(layout.recent.filter((seat) => layout.seats.includes(seat)).slice(0, most));
  for (const seat of layout.seats) if (kept.size < most) kept.add(seat);
  return layout.seats.filter((seat) => kept.has(seat));
}

export function activate(seat) {
  if (!layout.seats.includes(seat)) return;
  layout.recent = [seat, ...layout.recent.filter((one) => one !== seat)];
  if (layout.active === seat) return;
  layout.active = seat;
  emit("seats");
}

/** Puts somebody at a window: in place of `old`, or at a new one. */
export function sit(seat, old = "") {
  if (!layout.seats.includes(seat)) {
    if (old) layout.seats = layout.seats.map((one) => (one === old ? seat : one));
    else if (layout.seats.length < MOST_SEATS) layout.seats = [...layout.seats, seat];
    else return;
    remember();
  }
  activate(seat);
  emit("seats");
}

export function leave(seat) {
  if (layout.seats.length < 2) return;
  layout.seats = layout.seats.filter((one) => one !== seat);
  remember();
  if (layout.active === seat) layout.active = "";
  activate(layout.active || layout.seats[0]);
  emit("seats");
}

function remember() {
  history.replaceState(null, "", `#${layout.seats.map((seat) => `${seat}/${chatOf(seat)}`).join(",")}`);
}

function fromAddress() {
  const asked = decodeURIComponent(location.hash.slice(1)).split(",").map((one) => one.split("/"));
  const known = asked.filter(([seat]) => store.accounts.has(seat));
  for (const [seat, chat] of known) if (chatsOf(seat).includes(chat)) layout.chats.set(seat, chat);
  return [...new Set(known.map(([seat]) => seat))].slice(0, MOST_SEATS);
}

const chatsOf = (seat) => store.accounts.get(seat).chats.map((chat) => chat.id);

function firstVisit() {
  const found = FIRST_SEATS.filter((seat) => store.accounts.has(seat));
  return found.length ? found : [...store.accounts.keys()].slice(0, FIRST_SEATS.length);
}

function settle() {
  const known = layout.seats.filter((seat) => store.accounts.has(seat));
  layout.seats = known.length ? known : fromAddress();
  if (!layout.seats.length) layout.seats = firstVisit();
  remember();
  activate(layout.seats.includes(layout.active) ? layout.active : layout.seats[0]);
  emit("seats");
}

on("state", settle);
addEventListener("hashchange", () => {
  const asked = fromAddress();
  if (!asked.length) return;
  layout.seats = asked;
  activate(asked.includes(layout.active) ? layout.active : asked[0]);
  emit("seats");
});
