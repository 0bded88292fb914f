// One message as Feishu shows it: avatar, the bot's name line, bubble or card.

import { append, h } from "../dom.js";
import { icon } from "../icons.js";
import { nameOf, store } from "../store.js";
import { shorten, timeOf } from "../words.js";
import { drawCard } from "./card.js";
import { drawInline } from "./inline.js";
import { media } from "./media.js";
import { refusal } from "./parts.js";

const FACES = 6;

/** A round picture with the last two characters of a person's name, or the first of the bot's. */
export function avatar(name, isPerson = false) {
  const face = [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % FACES;
  const words = isPerson ? name.slice(-2) : name.slice(0, 1);
  const kind = isPerson ? `avatar person-face a${face}` : "avatar one";
  return h("span", { class: kind, "aria-hidden": "true" }, words);
}

export function drawMessage(message, seat) {
  if (message.recalled) return recalled(message);
  if (message.kind === "refused") return refused(message);
  const own = message.sender !== "";
  const name = own ? store.accounts.get(message.seat).person.name : store.bot;
  const isCard = message.kind === "interactive";
  const said = h(
    "div",
    { class: isCard ? "said card-wide" : "said" },
    !own && h("div", { class: "sender" }, store.bot, h("em", {}, "机器人")),
    isCard ? drawCard(message, seat) : bubble(message),
  );
  const node = h("article", { class: own ? "message own" : "message", tabIndex: -1 }, avatar(name, own), said);
  node.setAttribute("aria-label", `${name} ${timeOf(message.at)}：${shorten(summary(message), 60)}`);
  return node;
}

function recalled(message) {
  const who = message.sender ? store.accounts.get(message.seat).person.name : store.bot;
  return h("article", { class: "message recalled-line", tabIndex: -1 }, h("div", { class: "recalled" }, `${who} 撤回了一条消息`));
}

/** Nobody's client shows it: the messenger did not take it. */
function refused({ fault, at }) {
  const box = refusal(fault.code, fault.words, "机器人发的卡片没有送达，飞书拒收");
  return h("article", { class: "message", tabIndex: -1, "aria-label": `${timeOf(at)}：飞书拒收了一张卡片` }, box);
}

function summary({ kind, content }) {
  const title = content.header?.title?.content;
  return title ? `卡片 ${title}` : (content.text ?? { image: "图片", file: "文件", audio: "语音", sticker: "表情" }[kind] ?? "消息");
}

function bubble(message) {
  const { kind, content } = message;
  switch (kind) {
    case "text":
      return append(h("div", { class: "bubble" }), drawInline(named(content.text, message.names), { text: true }));
    case "post":
      return post(content);
    case "image":
      return h("div", { class: "bubble bare" }, h("img", { src: media(message.seat, content.image_key), alt: "图片" }));
    case "file":
      return h("div", { class: "bubble with-icon" }, icon("file"), " ", content.file_name);
    case "audio":
      return h("div", { class: "bubble" }, icon("voice"), ` ${Math.round((content.duration ?? 0) / 1000)}″`);
    default:
      return h("div", { class: "bubble" }, `[${{ sticker: "表情", media: "视频" }[kind] ?? kind}]`);
  }
}

/** The placeholders of a received message become the names they stand for. */
function named(text, names) {
  return Object.entries(names).reduce((words, [key, name]) => words.replaceAll(key, `@${name}`), text);
}

function post(content) {
  const { title, content: paragraphs } = content.content ? content : (Object.values(content)[0] ?? {});
  const lines = (paragraphs ?? []).map((parts) => h("div", {}, parts.map(postPart)));
  return h("div", { class: "bubble" }, title && h("b", { class: "post-title" }, title), lines);
}

function postPart(part) {
  switch (part.tag) {
    case "a":
      return drawInline(`[${part.text}](${part.href})`);
    case "at":
      return h("span", { class: "at" }, `@${nameOf(part.user_id) || part.user_name || part.user_id}`);
    case "md":
      return drawInline(part.text);
    default:
      return part.text ?? "";
  }
}
