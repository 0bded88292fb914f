// Single keys, while no field has the focus; Escape everywhere.

import { h, isField } from "./dom.js";
import { toNext } from "./clock.js";
import { openEvents } from "./activity.js";
import { closeDrawer, drawerOpen } from "./drawer.js";
import { toggleInspector } from "./inspector.js";
import { close, isOpen, popover } from "./layer.js";
import { activate, layout, openChat } from "./layout.js";
import { activeSeat } from "./stage.js";
import { toggleTrouble } from "./trouble.js";

const HELP = [
  [["/"], "到输入框"],
  [["1", "–", "4"], "换到第几个窗口"],
  [["Ctrl", "1", "–", "9"], "换到第几个会话"],
  [["P"], "换人"],
  [["↑", "↓"], "在消息之间移动，空输入框里 ↑ 取回上一句"],
  [["J", "K"], "下一条、上一条消息"],
  [["Enter"], "在卡片上：到第一个按钮或字段"],
  [["T"], "时钟与故障"],
  [["G"], "到下一件"],
  [["I"], "透视：选中的那条，或最后一步"],
  [["E"], "动静"],
  [["Esc"], "关掉最上面的，再回到输入框"],
  [["?"], "全部按键"],
];

const KEYS = {
  "/": () => activeSeat()?.composer.focus(),
  p: () => activeSeat()?.switchPerson(),
  j: () => activeSeat()?.list.move(1),
  k: () => activeSeat()?.list.move(-1),
  t: () => toggleTrouble(),
  g: () => toNext(),
  i: () => toggleInspector(),
  e: () => openEvents(document.querySelector(".strip .more")),
  "?": () => openHelp(),
};

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Escape") return escape();
  if (event.ctrlKey && !event.metaKey && !event.altKey && /^[1-9]$/.test(event.key)) return chatKey(event);
  if (isOpen() || isField(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = KEYS[event.key.toLowerCase()] ?? windowKey(event.key);
  if (!act) return;
  event.preventDefault();
  act();
});

function windowKey(key) {
  const seat = /^[1-4]$/.test(key) && layout.seats[Number(key) - 1];
  return seat && (() => {
    activate(seat);
    activeSeat().composer.focus();
  });
}

/** Also while somebody is writing. */
function chatKey(event) {
  const seat = activeSeat();
  const chat = seat?.chats[Number(event.key) - 1];
  if (!chat || isOpen()) return;
  event.preventDefault();
  openChat(seat.key, chat.id);
}

function escape() {
  if (isOpen()) close();
  else if (drawerOpen()) closeDrawer();
  else activeSeat()?.composer.focus();
}

function openHelp() {
  const rows = HELP.flatMap(([keys, words]) => [
    h("dt", {}, keys.map((key) => (key === "–" ? "–" : h("kbd", {}, key)))),
    h("dd", {}, words),
  ]);
  const panel = h("div", { class: "panel", tabIndex: -1 }, h("header", {}, h("h2", {}, "按键")), h("dl", { class: "keys" }, rows));
  popover(document.querySelector(".clock"), panel, { label: "按键", wide: true });
  panel.focus();
}
