// Writing: Enter sends, Shift+Enter breaks the line, ↑ in an empty field brings back the last sentence.

import { attach } from "./attach.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { ask } from "./link.js";
import { echo, emit, forget, store } from "./store.js";
import { Suggestions } from "./suggestions.js";

export class Composer {
  constructor(seat) {
    this.seat = seat;
    this.last = "";
    this.field = h("textarea", {
      rows: 1,
      placeholder: `发送给 ${store.bot}`,
      "aria-label": `发送给 ${store.bot}`,
      autocomplete: "off",
      enterkeyhint: "send",
      on: { keydown: (event) => this.key(event), input: () => this.typed(), blur: () => this.suggestions.hide() },
    });
    this.button = h(
      "button",
      {
        class: "send",
        type: "button",
        title: "发送（Enter）",
        "aria-label": "发送",
        // The field keeps the focus, and a phone its keyboard.
        on: { click: () => this.send(), pointerdown: (event) => event.preventDefault() },
      },
      icon("send"),
    );
    this.more = h(
      "button",
      { class: "attach", type: "button", title: "图片、文件、语音、表情", "aria-label": "更多消息", on: { click: () => attach(this.more, this.seat) } },
      icon("plus"),
    );
    this.suggestions = new Suggestions(this);
    this.root = h(
      "div",
      { class: "composer" },
      this.suggestions.root,
      h("div", { class: "field" }, this.field, this.more, this.button),
    );
    this.typed();
  }

  lock(locked) {
    this.field.disabled = this.more.disabled = locked;
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

  typed() {
    this.button.disabled = this.field.disabled || !this.field.value.trim();
    this.field.style.height = "";
    if (this.field.value) this.field.style.height = `${this.field.scrollHeight}px`;
    this.suggestions.ask(this.field.value);
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
    this.field.value = "";
    this.typed();
    this.suggestions.hide();
    sendText(this.seat.key, text);
  }
}

/** The sentence is shown at once; it stays, marked, if the messenger does not take it. */
export async function sendText(seat, text) {
  const local = echo(seat, text);
  const done = await ask("say", { seat, text });
  if (!done.refused) return setTimeout(() => store.local.includes(local) && forget(local), 500);
  local.failed = done.refused;
  emit("local", seat);
}
