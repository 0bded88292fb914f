// One window: our bar with the person's name, below it the messenger's frame.

import { append, h } from "./dom.js";
import { Composer } from "./composer.js";
import { icon } from "./icons.js";
import { activate, isNarrow, layout, leave } from "./layout.js";
import { List } from "./list.js";
import { store } from "./store.js";
import { messenger, openSwitcher, tile } from "./switcher.js";
import { avatar } from "./feishu/message.js";

const TIGHT = 400;
const ROLE_FITS = 420;

export class Seat {
  constructor(key) {
    this.key = key;
    const { person, skin } = store.accounts.get(key);
    this.role = h("span", { class: "role" }, person.role);
    this.frame = h("div", { class: `frame ${skin}` });
    this.list = new List(this);
    this.composer = new Composer(this);
    this.frame.append(this.titlebar(), this.list.chat, this.composer.root);
    this.root = h(
      "section",
      {
        class: "seat",
        "aria-label": `${person.name}，${messenger(skin)}，单聊`,
        on: { pointerdown: () => activate(key), focusin: () => activate(key) },
      },
      this.seatbar(person, skin),
      this.frame,
    );
    this.widths = new ResizeObserver(([{ contentRect }]) => this.fit(contentRect.width));
    this.widths.observe(this.root);
    this.lock(!store.connected);
  }

  seatbar(person, skin) {
    const who = h(
      "button",
      { class: "who", type: "button", title: "换人（P）", on: { click: () => this.switchPerson() } },
      tile(skin),
      h("b", {}, person.name),
      this.role,
      icon("down"),
    );
    this.who = who;
    return h(
      "div",
      { class: "seatbar" },
      who,
      h(
        "button",
        { class: "leave", type: "button", title: "关掉窗口", "aria-label": `关掉 ${person.name} 的窗口`, on: { click: () => leave(this.key) } },
        icon("close"),
      ),
    );
  }

  titlebar() {
    return append(h("div", { class: "titlebar" }), [
      avatar(store.bot),
      h("div", {}, h("h2", {}, store.bot), h("p", {}, "机器人")),
    ]);
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
    this.root.hidden = !visible;
    this.root.querySelector(".leave").hidden = layout.seats.length < 2;
    this.list.show(visible);
  }

  lock(locked) {
    this.composer.lock(locked);
  }

  take(news) {
    this.list.draw(news);
  }

  close() {
    this.widths.disconnect();
    this.list.close();
    this.root.remove();
  }
}
