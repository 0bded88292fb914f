// The messages of one window: drawn once, redrawn when they change, with separators, clock jumps and what is ours.

import { announce } from "./announce.js";
import { focusable, h } from "./dom.js";
import { icon } from "./icons.js";
import { isNarrow } from "./layout.js";
import { drawMessage, isOwn, summary } from "./message.js";
import { Reading } from "./reading.js";
import { forget, store, talkOf } from "./store.js";
import { sendText } from "./composer.js";
import { entriesOf } from "./timeline.js";
import { drawStart } from "./start.js";
import { lookable } from "./touched.js";
import { spanOf } from "./words.js";

const NEAR_BOTTOM = 60;
const LINE_STAYS = 60000;
const RING_STAYS = 4200;
export const MOST_DRAWN = 400;

export class List {
  constructor(seat, chatId) {
    this.seat = seat;
    this.chatId = chatId;
    this.talk = talkOf(seat.key, chatId);
    this.nodes = new Map();
    this.changed = new Map();
    this.drawnMost = MOST_DRAWN;
    this.root = h("div", {
      class: "list",
      role: "log",
      "aria-live": "off",
      "aria-label": "消息",
      tabIndex: 0,
      on: { keydown: (event) => this.key(event) },
    });
    this.pills = h("div");
    this.chat = h("div", { class: "chat" }, this.root, this.pills);
    this.reading = new Reading(this);
    this.atBottom = true;
    this.root.addEventListener("scroll", () => (this.atBottom = this.nearBottom()), { passive: true });
    // A phone's keyboard, a wider window, a picture that has arrived: whoever read the end goes on reading it.
    const stay = () => this.atBottom && this.toBottom();
    this.sizes = new ResizeObserver(stay);
    this.sizes.observe(this.root);
    this.root.addEventListener("load", stay, true);
    this.root.addEventListener("click", ({ target }) => this.pick(target));
  }

  /** A message that was touched makes room for its line. What its controls open or press stays where it is. */
  pick(target) {
    if (!isNarrow() || target.closest("button, a, input, textarea, label")) return;
    this.root.querySelector(".picked")?.classList.remove("picked");
    target.closest(".message")?.classList.add("picked");
    if (this.atBottom) requestAnimationFrame(() => this.toBottom());
  }

  show(visible) {
    const came = visible && !this.visible;
    this.visible = visible;
    if (!visible) return this.reading.leave();
    if (came) this.reading.come();
    this.draw([]);
    if (came) this.toBottom();
  }

  /** `news`: what changed, each with what stood there before. */
  draw(news) {
    this.note(news);
    if (!this.visible) return;
    const stick = this.nearBottom();
    const entries = entriesOf(this.talk, this.reading.newFrom, this.drawnMost);
    this.reconcile(entries.length ? entries : [{ id: "start", sign: "" }]);
    const own = news.some(({ message, before }) => !before && isOwn(message, this.seat));
    if (stick || own) this.toBottom();
    this.reading.tell(news, stick || own);
  }

  note(news) {
    for (const { message, before } of news) {
      if (!before || before.version === message.version) {
        if (!before && !isOwn(message, this.seat) && this.visible) announce(`${message.by || store.bot}：${this.wordsOf(message)}`);
        continue;
      }
      const own = store.pressed.delete(message.key);
      this.changed.set(message.key, { own, words: freshWords() });
      setTimeout(() => this.fade(message.key), own ? RING_STAYS : LINE_STAYS);
      const settled = !message.recalled && !message.fault && this.seat.skin.settled(message);
      if (this.visible) announce(`卡片已更新：${settled || this.wordsOf(message)}`);
    }
  }

  wordsOf(message) {
    return message.recalled || message.fault ? "消息有变化" : summary(message, this.seat.skin);
  }

  fade(key) {
    this.changed.delete(key);
    this.nodes.get(key)?.node.querySelector(".fresh")?.remove();
  }

  reconcile(entries) {
    const kept = new Set(entries.map((entry) => entry.id));
    for (const [id, { node }] of this.nodes) {
      if (kept.has(id)) continue;
      node.remove();
      this.nodes.delete(id);
    }
    let place = this.root.firstChild;
    for (const entry of entries) {
      const before = this.nodes.get(entry.id)?.node;
      const node = this.nodeOf(entry);
      if (place === before) place = node;
      if (node === place) place = place.nextSibling;
      else this.root.insertBefore(node, place);
    }
  }

  nodeOf(entry) {
    const known = this.nodes.get(entry.id);
    if (known?.sign === entry.sign) return known.node;
    const focused = known?.node.contains(document.activeElement);
    const node = this.make(entry, !known);
    if (known) known.node.replaceWith(node);
    this.nodes.set(entry.id, { node, sign: entry.sign });
    if (focused) node.focus({ preventScroll: true });
    if (entry.message) this.reading.watch(node);
    return node;
  }

  make(entry, isNew) {
    if (entry.id === "start") return drawStart(this.seat, this.chatId);
    if (entry.separator) return h("div", { class: "separator" }, entry.separator);
    if (entry.newer) return h("div", { class: "newer" }, "以下为新消息");
    if (entry.older) return this.older(entry.older);
    if (entry.jump) return h("div", { class: "jump" }, jumpWords(entry.jump));
    if (entry.local) return this.local(entry.local);
    return this.message(entry.message, isNew);
  }

  message(message, isNew) {
    const node = drawMessage(message, this.seat);
    const change = this.changed.get(message.key);
    if (change) {
      (node.querySelector(".card, .bubble") ?? node).classList.add("ringed");
      if (!change.own) {
        node.querySelector(".said")?.append(h("div", { class: "fresh" }, icon("fresh"), change.words));
      }
    } else if (isNew && this.settled) {
      node.classList.add("arriving");
      node.addEventListener("animationend", () => node.classList.remove("arriving"), { once: true });
    }
    node.dataset.key = message.key;
    lookable(node, message);
    return node;
  }

  local(local) {
    const node = drawMessage(
      { key: local.key, seat: local.seat, chat: local.chat, sender: "me", by: "", kind: "text", content: this.seat.skin.said(local.text), beside: {}, at: local.at },
      this.seat,
    );
    node.classList.toggle("sending", !local.failed);
    if (local.failed) {
      const again = () => {
        forget(local);
        sendText(this.seat, local.chat, local.text);
      };
      node
        .querySelector(".said")
        .append(h("div", { class: "failed", role: "alert" }, icon("wrong"), local.failed, h("button", { type: "button", on: { click: again } }, "重发")));
    }
    return node;
  }

  older(count) {
    const more = () => {
      this.drawnMost += MOST_DRAWN;
      const fromBottom = this.root.scrollHeight - this.root.scrollTop;
      this.draw([]);
      this.root.scrollTop = this.root.scrollHeight - fromBottom;
    };
    return h("button", { class: "separator", type: "button", on: { click: more } }, `更早的 ${count} 条`);
  }

  nearBottom() {
    const { scrollHeight, scrollTop, clientHeight } = this.root;
    return scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM;
  }

  toBottom() {
    this.root.scrollTop = this.root.scrollHeight;
    this.atBottom = this.settled = true;
  }

  // ↑↓ between messages, Enter into a card's first control.

  messageNodes() {
    return [...this.root.querySelectorAll(".message")];
  }

  move(step) {
    const nodes = this.messageNodes();
    if (!nodes.length) return;
    const at = nodes.indexOf(document.activeElement?.closest(".message"));
    const to = at < 0 ? nodes.length - 1 : Math.max(0, Math.min(nodes.length - 1, at + step));
    nodes[to].focus();
    nodes[to].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const inside = event.target.closest(".message");
    const onList = event.target === this.root || event.target === inside;
    if ((event.key === "ArrowUp" || event.key === "ArrowDown") && onList) {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && event.target === inside) {
      event.preventDefault();
      inside.querySelectorAll("[tabindex='-1']").forEach((control) => (control.tabIndex = 0));
      focusable(inside)[0]?.focus();
    } else if (event.key === "Escape" && inside) {
      event.stopPropagation();
      if (event.target === inside) this.seat.composer.focus();
      else inside.focus();
    }
  }

  close() {
    this.sizes.disconnect();
    this.reading.close();
  }
}

/** Whose doing it was: the last thing that somebody did just before. */
function freshWords() {
  const last = store.events.at(-1);
  if (!last) return "刚刚更新";
  return last.place ? `刚刚随 ${last.who}@${last.place} 更新` : "由计时器更新";
}

function jumpWords(jump) {
  return jump.end ? `时钟前进 ${spanOf(jump.start, jump.end)}` : "时钟正在前进";
}
