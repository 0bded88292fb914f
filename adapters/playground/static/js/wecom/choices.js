// What can be chosen on a card before a button is pressed: lists behind rows, boxes of a vote.

import { h, trap } from "../dom.js";
import { icon } from "../icons.js";
import { cut } from "./words.js";

export class Choices {
  constructor(context) {
    const { content } = context.message;
    this.context = context;
    this.lists = [content.button_selection, ...(content.select_list ?? [])].filter(Boolean);
    this.vote = content.checkbox;
    this.chosen = new Map(this.lists.map((one) => [one.question_key, one.selected_id ?? ""]));
    if (this.vote) this.chosen.set(this.vote.question_key, this.vote.option_list.filter((one) => one.is_checked).map((one) => one.id));
    this.watchers = [];
  }

  /** As the emulator takes it: question key to option ids. */
  form() {
    return Object.fromEntries([...this.chosen].filter(([, ids]) => ids.length && !this.fixed(ids)).map(([key, ids]) => [key, ids]));
  }

  fixed(ids) {
    return this.lists.some((one) => one.disable && this.chosen.get(one.question_key) === ids);
  }

  complete() {
    return [...this.chosen.values()].every((ids) => ids.length);
  }

  watch(changed) {
    this.watchers.push(changed);
    changed();
  }

  set(key, ids) {
    this.chosen.set(key, ids);
    for (const changed of this.watchers) changed();
  }

  rows() {
    const rows = [...this.lists.map((one) => this.row(one)), ...(this.vote ? this.boxes() : [])];
    return rows.length > 0 && h("div", { class: "wrows" }, rows);
  }

  row(question) {
    const value = h("span", { class: "value" });
    const words = () => question.option_list.find((one) => one.id === this.chosen.get(question.question_key))?.text;
    const say = () => {
      value.textContent = cut(words(), this.context.most.option) || "请选择";
      value.classList.toggle("hint", !words());
    };
    const open = () => sheet(this.context.seat.frame, question, this.chosen.get(question.question_key), (id) => {
      this.set(question.question_key, id);
      say();
    });
    say();
    return h(
      "button",
      { class: "wrow", type: "button", disabled: question.disable === true, "aria-haspopup": "dialog", on: { click: open } },
      h("span", {}, question.title || "请选择"),
      value,
      icon("right"),
    );
  }

  boxes() {
    const several = this.vote.mode === 1;
    const key = this.vote.question_key;
    return this.vote.option_list.map((one) => {
      const box = h("input", { type: several ? "checkbox" : "radio", name: `${this.context.message.key}-${key}`, disabled: this.vote.disable === true });
      box.checked = this.chosen.get(key).includes(one.id);
      box.addEventListener("change", () => {
        const others = several ? this.chosen.get(key).filter((id) => id !== one.id) : [];
        this.set(key, box.checked ? [...others, one.id] : others);
      });
      return h("label", { class: "wrow" }, box, h("span", {}, cut(one.text, this.context.most.vote)));
    });
  }
}

/** From the bottom of the frame; keeps the focus and gives it back. */
function sheet(frame, question, chosen, choose) {
  const back = document.activeElement;
  const close = () => {
    root.remove();
    if (back?.isConnected) back.focus({ preventScroll: true });
  };
  const option = (one) =>
    h(
      "button",
      {
        type: "button",
        role: "radio",
        "aria-checked": String(one.id === chosen),
        on: {
          click: () => {
            choose(one.id);
            close();
          },
        },
      },
      one.text,
      one.id === chosen && icon("tick"),
    );
  const inside = h(
    "div",
    { role: "dialog", "aria-modal": "true", "aria-label": question.title || "请选择" },
    h("h3", {}, question.title || "请选择"),
    h("div", { role: "radiogroup" }, question.option_list.map(option)),
    h("button", { class: "cancel", type: "button", on: { click: close } }, "取消"),
  );
  const root = h("div", { class: "sheet-of-card", on: { click: (event) => event.target === root && close() } }, inside);
  trap(inside, close);
  frame.append(root);
  (inside.querySelector("[aria-checked='true']") ?? inside.querySelector("button")).focus();
}
