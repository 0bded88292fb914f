// What a person has seen: unread ones, the line above the new ones, pills for what is out of sight, reading reports.

import { append, h, redraw } from "./dom.js";
import { icon } from "./icons.js";
import { ask } from "./link.js";
import { isOwn } from "./message.js";
import { messagesOf } from "./store.js";

const SEEN_AFTER = 1000;
const TOGETHER = 100;

export class Reading {
  constructor(list) {
    this.list = list;
    this.newFrom = "";
    this.inView = new Set();
    this.timers = new Map();
    this.read = [];
    this.above = new Set();
    this.below = new Set();
    this.observer = new IntersectionObserver((entries) => this.looked(entries), { root: list.root, threshold: 0.15 });
  }

  /** The window comes into view: the line goes above what was not read yet. */
  come() {
    const chat = messagesOf(this.list.talk);
    const first = chat.find((message) => !message.read && !message.recalled);
    const earlier = first && chat.some((message) => message.read && message.order < first.order);
    this.newFrom = earlier ? first.key : "";
  }

  leave() {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.inView.clear();
    this.newFrom = "";
  }

  watch(node) {
    this.observer.observe(node);
  }

  looked(entries) {
    for (const { target, isIntersecting } of entries) {
      const { key } = target.dataset;
      if (isIntersecting && target.isConnected) {
        this.inView.add(key);
        this.above.delete(key);
        this.below.delete(key);
        if (!this.timers.has(key)) this.timers.set(key, setTimeout(() => this.seen(key), SEEN_AFTER));
      } else {
        this.inView.delete(key);
        clearTimeout(this.timers.get(key));
        this.timers.delete(key);
      }
    }
    this.drawPills();
  }

  seen(key) {
    this.timers.delete(key);
    const message = messagesOf(this.list.talk).find((one) => one.key === key);
    if (!message || message.read || document.hidden) return;
    if (!this.read.length) setTimeout(() => this.report(), TOGETHER);
    this.read.push(message.id);
  }

  report() {
    ask("read", { seat: this.list.seat.key, chat: this.list.chatId, messages: this.read });
    this.read = [];
  }

  /** Changed cards above the view and new messages below it get a pill. */
  tell(news, atBottom) {
    for (const { message, before } of news) {
      const node = this.list.nodes.get(message.key)?.node;
      if (!node || isOwn(message, this.list.seat)) continue;
      if (before && before.version !== message.version && this.isAbove(node)) this.above.add(message.key);
      if (!before && !atBottom) this.below.add(message.key);
    }
    if (atBottom) this.below.clear();
    this.drawPills();
  }

  isAbove(node) {
    return node.getBoundingClientRect().bottom < this.list.root.getBoundingClientRect().top + 24;
  }

  drawPills() {
    const { above, below } = this;
    for (const keys of [above, below]) for (const key of keys) if (!this.list.nodes.has(key)) keys.delete(key);
    redraw(this.list.pills, [...above, "/", ...below].join(), () => [
      above.size > 0 && this.pill("above", "up", `上面 ${above.size} 张卡片刚更新`, [...above][0]),
      below.size > 0 && this.pill("below", "down", `下面 ${below.size} 条新消息`, [...below][0]),
    ]);
  }

  pill(where, drawn, words, key) {
    const go = () => this.list.nodes.get(key)?.node.scrollIntoView({ block: where === "above" ? "center" : "start" });
    return append(h("button", { class: `pill ${where}`, type: "button", on: { click: go } }), [icon(drawn), words]);
  }

  close() {
    this.leave();
    this.observer.disconnect();
  }
}
