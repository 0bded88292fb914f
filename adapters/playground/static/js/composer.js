// Writing: Enter sends, Shift+Enter breaks the line, ↑ in an empty field brings back the last sentence.

import { attach } from "./attach.js";
import { append, h } from "./dom.js";
import { icon } from "./icons.js";
import { menu } from "./layer.js";
import { ask } from "./link.js";
import { note } from "./note.js";
import { echo, emit, forget, store } from "./store.js";
import { Suggestions } from "./suggestions.js";

export class Composer {
  constructor(seat) {
    this.seat = seat;
    this.last = "";
    this.field = h("textarea", {
      rows: 1,
      autocomplete: "off",
      enterkeyhint: "send",
      on: { keydown: (event) => this.key(event), input: () => this.typed(), blur: () => this.suggestions.hide() },
    });
    const tool = (kind, drawn, title, act, words = "") =>
      // The field keeps the focus, and a phone its keyboard.
      h("button", { class: kind, type: "button", title, "aria-label": title, on: { click: act, pointerdown: (event) => event.preventDefault() } }, drawn, words && h("span", {}, words));
    this.button = tool("send", icon("send"), "发送（Enter）", () => this.send(), "发送");
    this.button.setAttribute("aria-label", "发送");
    this.at = tool("at-bot", "@", "@ 群成员", () => this.members());
    this.more = tool("attach", icon("plus"), "图片、文件、语音等", () => attach(this.more, this.seat));
    this.more.setAttribute("aria-label", "更多消息");
    this.suggestions = new Suggestions(this);
    this.quick = h("div", { class: "quick" });
    const lead = seat.skin.lead?.();
    this.root = h(
      "div",
      { class: "composer" },
      this.suggestions.root,
      this.quick,
      h("div", { class: "field" }, lead, this.field, this.at, this.more, this.button),
    );
  }

  /** Another conversation of the window: what was typed stays in the field. */
  open(chat) {
    const words = this.seat.skin.placeholder?.(chat) ?? `发送给 ${chat.id === "p2p" ? store.bot : chat.name}`;
    this.field.placeholder = words;
    this.field.setAttribute("aria-label", `发送给 ${chat.id === "p2p" ? store.bot : chat.name}`);
    this.at.hidden = chat.id === "p2p";
    const quick = this.seat.skin.quick?.(this.seat) ?? [];
    this.quick.hidden = !quick.length;
    this.quick.replaceChildren();
    append(this.quick, quick);
    this.lock(this.locked ?? false);
  }

  lock(locked) {
    this.locked = locked;
    this.field.disabled = this.more.disabled = this.at.disabled = locked;
    for (const button of this.quick.querySelectorAll("button")) button.disabled = locked;
    this.typed();
  }

  focus() {
    this.field.focus();
  }

  fill(text) {
    this.field.value = text;
    this.focus();
    this.field.setSelectionRange(text.length, text.length);
    this.typed();
  }

  /** The bot first: a group's bot hears only what has its name. */
  members() {
    const { person } = this.seat.account;
    const others = this.seat.chat.members.filter((name) => name !== person.name);
    menu(this.at, [[icon("chat"), store.bot, () => this.mention(store.bot)], ...others.map((name) => [icon("people"), name, () => this.mention(name)])]);
  }

  mention(name) {
    const [called, { value }] = [`@${name} `, this.field];
    if (name !== store.bot) return this.fill(`${value}${value && !value.endsWith(" ") ? " " : ""}${called}`);
    this.fill(value.startsWith(called) ? value : called + value);
  }

  typed() {
    const { field } = this;
    this.button.disabled = field.disabled || !field.value.trim();
    this.root.classList.toggle("filled", !this.button.disabled);
    field.style.height = "";
    if (field.value) field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
    this.suggestions.ask(field.value);
  }

  key(event) {
    // While an input method composes, Enter and the arrows belong to it (229: Safari's Enter that ends it).
    if (event.isComposing || event.keyCode === 229) return;
    if (this.suggestions.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" && !this.field.value && this.last) {
      event.preventDefault();
      this.fill(this.last);
    }
  }

  send() {
    const text = this.field.value.trim();
    if (!text || this.field.disabled) return;
    this.last = text;
    this.take();
    sendText(this.seat, this.seat.chat.id, text);
  }

  /** What was typed leaves the field. */
  take() {
    const text = this.field.value.trim();
    this.field.value = "";
    this.typed();
    this.suggestions.hide();
    return text;
  }
}

/** The sentence is shown at once; it stays, marked, if the messenger does not take it. */
export async function sendText(seat, chat, text) {
  const local = echo(seat.key, chat, text);
  const done = await ask("say", { seat: seat.key, chat, text });
  if (done.note) note(seat, done.note);
  if (!done.refused) return setTimeout(() => store.local.includes(local) && forget(local), 500);
  local.failed = done.refused;
  emit("local", seat.key);
}
