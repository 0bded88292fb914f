// One window: our bar with the person's name, below it the messenger's frame with one of the person's conversations.

import { append, h, redraw } from "./dom.js";
import { Composer } from "./composer.js";
import { icon } from "./icons.js";
import { menu } from "./layer.js";
import { activate, chatOf, isNarrow, layout, leave, openChat } from "./layout.js";
import { List } from "./list.js";
import { skinOf } from "./skins.js";
import { store, talkOf, unreadIn } from "./store.js";
import { openSwitcher, tile } from "./switcher.js";
import { badge } from "./words.js";

const TIGHT = 400;
const ROLE_FITS = 420;
const MOST_CHATS = 2;

export class Seat {
  constructor(key) {
    this.key = key;
    this.account = store.accounts.get(key);
    this.skin = skinOf(this.account);
    this.lists = new Map();
    this.role = h("span", { class: "role" }, this.account.person.role);
    this.switches = [h("div", { class: "switch-of-chats", role: "group", "aria-label": "会话" }), h("div", { class: "switch-of-chats", role: "group", "aria-label": "会话" })];
    this.bar = h("div", { class: "titlebar" });
    this.place = h("div", { class: "chats-of-window" });
    this.composer = new Composer(this);
    this.frame = h("div", { class: `frame ${this.account.skin}` }, this.bar, this.place, this.composer.root);
    this.root = h(
      "section",
      { class: "seat", on: { pointerdown: () => activate(key), focusin: () => activate(key) } },
      this.seatbar(),
      this.frame,
    );
    this.open(chatOf(key));
    this.widths = new ResizeObserver(([{ contentRect }]) => this.fit(contentRect.width));
    this.widths.observe(this.root);
    this.lock(!store.connected);
  }

  get chats() {
    return store.accounts.get(this.key)?.chats ?? this.account.chats;
  }

  seatbar() {
    const { person, skin } = this.account;
    this.who = h(
      "button",
      { class: "who", type: "button", title: "换人（P）", on: { click: () => this.switchPerson() } },
      tile(skin),
      h("b", {}, person.name),
      this.role,
      icon("down"),
    );
    const away = h(
      "button",
      { class: "leave", type: "button", title: "关掉窗口", "aria-label": `关掉 ${person.name} 的窗口`, on: { click: () => leave(this.key) } },
      icon("close"),
    );
    return h("div", { class: "seatbar" }, this.who, away, this.switches[0]);
  }

  /** Shows this conversation; the others keep their place. */
  open(id) {
    const chat = this.chats.find((one) => one.id === id) ?? this.chats[0];
    if (chat.id === this.chat?.id) return this.drawChats();
    this.chat = chat;
    const before = this.list;
    if (!this.lists.has(chat.id)) this.lists.set(chat.id, new List(this, chat.id));
    this.list = this.lists.get(chat.id);
    before?.show(false);
    this.place.replaceChildren(this.list.chat);
    this.bar.replaceChildren();
    append(this.bar, [this.skin.titlebar(this, chat), this.switches[1]]);
    this.composer.open(chat);
    this.root.setAttribute("aria-label", `${this.account.person.name}，${this.skin.title}，${chat.name}`);
    this.list.show(this.visible ?? false);
    this.drawChats();
  }

  drawChats() {
    const { chats } = this;
    const unread = chats.map((chat) => (chat.id === this.chat.id ? 0 : unreadIn(talkOf(this.key, chat.id))));
    const sign = JSON.stringify([this.chat.id, chats.map((chat) => chat.id), unread]);
    for (const place of this.switches) redraw(place, sign, () => (chats.length < 2 ? [] : this.chatButtons(unread)));
  }

  chatButtons(unread) {
    const button = (chat, at) =>
      h(
        "button",
        { type: "button", title: chat.name, "aria-pressed": String(chat.id === this.chat.id), on: { click: () => openChat(this.key, chat.id) } },
        h("span", {}, chat.name),
        unread[at] > 0 && h("span", { class: "badge", "aria-label": `${unread[at]} 条未读` }, badge(unread[at])),
      );
    const buttons = this.chats.map(button);
    if (buttons.length <= MOST_CHATS) return buttons;
    const rest = this.chats.slice(MOST_CHATS);
    const hidden = unread.slice(MOST_CHATS).reduce((sum, one) => sum + one, 0);
    const more = h(
      "button",
      { type: "button", "aria-label": "更多会话", "aria-pressed": String(rest.includes(this.chat)), on: { click: () => menu(more, rest.map((chat) => [icon("chat"), chat.name, () => openChat(this.key, chat.id)])) } },
      h("span", {}, rest.includes(this.chat) ? this.chat.name : "更多"),
      hidden > 0 && h("span", { class: "badge" }, badge(hidden)),
    );
    return [...buttons.slice(0, MOST_CHATS), more];
  }

  switchPerson() {
    openSwitcher(this.who, this.key);
  }

  fit(width) {
    if (!width) return;
    this.root.classList.toggle("tight", isNarrow() || width < TIGHT);
    this.role.hidden = width < ROLE_FITS;
    this.root.querySelector(".leave").hidden = layout.seats.length < 2;
  }

  show(visible) {
    this.visible = visible;
    this.root.hidden = !visible;
    this.root.querySelector(".leave").hidden = layout.seats.length < 2;
    this.open(chatOf(this.key));
    this.list.show(visible);
  }

  lock(locked) {
    this.composer.lock(locked);
  }

  take(news) {
    for (const [id, list] of this.lists) list.draw(news.filter(({ message }) => message.chat === id));
    this.drawChats();
  }

  close() {
    this.widths.disconnect();
    for (const list of this.lists.values()) list.close();
    this.root.remove();
  }
}
