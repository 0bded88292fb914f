// The list above the composer. Ours, not the messenger's: Tab fills in, Enter still sends what was typed.

import { append, freshId, h } from "./dom.js";
import { isNarrow } from "./layout.js";
import { ask } from "./link.js";

const PAUSE = 80;
/** The bot's name in front, as groups need it, and what is said to it. */
const TO_BOT = /^(@\S+\s+)?([\s\S]*)$/;

export class Suggestions {
  constructor(composer) {
    this.composer = composer;
    this.found = [];
    this.marked = 0;
    this.timer = 0;
    this.root = h("div", { class: "suggestions", id: freshId("suggestions"), role: "listbox", "aria-label": "演练场补全", hidden: true });
    composer.field.setAttribute("role", "combobox");
    composer.field.setAttribute("aria-autocomplete", "list");
    composer.field.setAttribute("aria-controls", this.root.id);
    this.hide();
  }

  ask(text) {
    clearTimeout(this.timer);
    if (!text.trim() || document.activeElement !== this.composer.field) return this.hide();
    this.timer = setTimeout(async () => {
      const [, name, words] = TO_BOT.exec(text);
      this.name = name;
      const { suggestions = [] } = words.trim() ? await ask("suggest", { seat: this.composer.seat.key, text: words }) : {};
      if (this.composer.field.value !== text) return;
      this.found = suggestions.filter((one) => one.insert.trim() !== words.trim());
      this.marked = 0;
      this.draw(words);
    }, PAUSE);
  }

  hide() {
    clearTimeout(this.timer);
    this.found = [];
    this.root.hidden = true;
    this.composer.field.setAttribute("aria-expanded", "false");
    this.composer.field.removeAttribute("aria-activedescendant");
  }

  draw(text) {
    if (!this.found.length) return this.hide();
    const options = this.found.map((one, at) => this.option(one, at, text));
    this.root.replaceChildren(
      h("header", {}, h("span", {}, "演练场补全（真机没有）"), h("span", {}, isNarrow() ? "点一下填入" : "Tab 填入")),
      ...options,
    );
    this.root.hidden = false;
    this.composer.field.setAttribute("aria-expanded", "true");
    this.composer.field.setAttribute("aria-activedescendant", options[this.marked].id);
  }

  option({ label, hint }, at, text) {
    const words = text.trim();
    const shown = label.startsWith(words) ? [h("b", {}, words), label.slice(words.length)] : [label];
    return h(
      "div",
      {
        role: "option",
        id: freshId("option"),
        "aria-selected": String(at === this.marked),
        // The field must not lose the focus before the click arrives.
        on: { pointerdown: (event) => event.preventDefault(), click: () => this.take(at) },
      },
      append(h("span", { class: "label" }), shown),
      hint && h("span", { class: "hint" }, hint),
    );
  }

  take(at) {
    const { insert } = this.found[at];
    this.composer.fill(`${this.name ?? ""}${insert}`);
    this.hide();
  }

  /** True if the key was the list's. */
  key(event) {
    if (this.root.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.marked = (this.marked + step + this.found.length) % this.found.length;
      this.draw(TO_BOT.exec(this.composer.field.value)[2]);
    } else if (event.key === "Tab" && !event.shiftKey) {
      this.take(this.marked);
    } else if (event.key === "Escape") {
      this.hide();
      event.stopPropagation();
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }
}
