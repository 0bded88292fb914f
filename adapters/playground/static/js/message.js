// One message in a window: avatar, who says it, bubble or card. What these look like is the skin's.

import { append, h } from "./dom.js";
import { avatar } from "./avatar.js";
import { icon } from "./icons.js";
import { store } from "./store.js";
import { shorten, timeOf } from "./words.js";

const OTHERS = { image: "图片", picture: "图片", mixed: "图片", file: "文件", audio: "语音", voice: "语音", sticker: "表情", location: "位置" };

export function drawMessage(message, seat) {
  const { skin } = seat;
  if (message.recalled) return recalled(message, skin);
  if (message.kind === "refused") return refused(message, skin);
  const own = isOwn(message, seat);
  const name = message.sender ? message.by || nameOfSeat(seat) : store.bot;
  const isCard = skin.isCard(message);
  const said = h(
    "div",
    { class: isCard ? "said card-wide" : "said" },
    !own && skin.sender(message, name, seat),
    isCard ? drawCard(message, seat) : skin.bubble(message, seat),
    own && message.beside.others > 0 && readMark(message.beside, skin),
    message.stuck && h("div", { class: "stuck" }, icon("alert"), message.stuck),
  );
  const node = h("article", { class: own ? "message own" : "message", tabIndex: -1 }, avatar(name, Boolean(message.sender)), said);
  node.setAttribute("aria-label", `${name} ${timeOf(message.at)}：${shorten(summary(message, skin), 60)}`);
  return node;
}

export const isOwn = (message, seat) => message.sender !== "" && (message.sender === "me" || message.sender === seat.account.id);

/** Under what a person wrote to people: how many of them have read it, in the messenger's way. */
function readMark({ others, read_by: read }, skin) {
  const words = skin.readWords(read, others);
  return h("div", { class: read === others ? "read-mark all" : "read-mark", title: `${read} 人已读，${others - read} 人未读` }, skin.readSign?.(read / others), words);
}

/** What the message begins with, for whoever listens. */
export function summary(message, skin) {
  const words = skin.words(message);
  return skin.isCard(message) ? `卡片 ${words}` : (words || OTHERS[message.kind]) ?? "消息";
}

const nameOfSeat = (seat) => seat.account.person.name;

/** What the real client would refuse is a red-outlined box with its code and reason. */
export function refusal(code, words, title = "真机不会显示") {
  return h("div", { class: "refused-card", role: "note" }, h("b", {}, `${title}：${code}`), words);
}

function drawCard(message, seat) {
  const { skin } = seat;
  if (message.fault) return refusal(message.fault.code, message.fault.words, `${skin.title}不会接受`);
  const root = skin.card(message, seat);
  rove(root);
  if (store.pressing.has(message.key)) root.classList.add("locked");
  return root;
}

const CONTROLS = "button, input, textarea, summary, a[href]";

/** The list is one stop of Tab: a card's controls are reached once the focus is inside it. */
function rove(root) {
  const all = (index) => root.querySelectorAll(CONTROLS).forEach((control) => (control.tabIndex = index));
  all(-1);
  root.addEventListener("focusin", () => all(0));
  root.addEventListener("focusout", (event) => root.contains(event.relatedTarget) || all(-1));
}

/** Where the messenger leaves no trace, the dashed line is ours. */
function recalled(message, skin) {
  const who = message.sender ? message.by : store.bot;
  const words = skin.recalled?.(who);
  const line = words ? h("div", { class: "recalled" }, words) : h("div", { class: "jump" }, `${who} 撤回了一条消息，${skin.title}里不留痕迹`);
  return h("article", { class: "message recalled-line", tabIndex: -1 }, line);
}

/** Nobody's client shows it: the messenger did not take it. */
function refused({ fault, at }, skin) {
  const box = refusal(fault.code, fault.words, `机器人发的消息没有送达，${skin.title}拒收`);
  return append(h("article", { class: "message", tabIndex: -1, "aria-label": `${timeOf(at)}：${skin.title}拒收了一条消息` }), [box]);
}
