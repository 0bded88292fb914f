// WeCom's skin: the app in the single chat, the smart bot in groups.

import { h } from "../dom.js";
import { sendText } from "../composer.js";
import { icon } from "../icons.js";
import { menu } from "../layer.js";
import { note } from "../note.js";
import { store } from "../store.js";
import { bubble } from "./bubble.js";
import { drawCard } from "./card.js";

const MENU = [
  ["报备", ["报备", "我的报备"]],
  ["待办", []],
  ["更多", ["我是谁", "帮助"]],
];
const FILLED_IN = "报备";

export default {
  mark: "企",
  title: "企业微信",

  titlebar: (_seat, chat) =>
    chat.id === "p2p"
      ? h("div", {}, h("h2", {}, store.bot), h("p", {}, "示例集团 · 自建应用"))
      : h("div", {}, h("h2", {}, `${chat.name}（${chat.members.length + 1}）`)),

  isCard: (message) => message.kind === "template_card",
  card: drawCard,
  bubble,
  said: (text) => ({ content: text }),
  settled: ({ content }) => content.source?.desc ?? "",
  words: ({ content }) => content.main_title?.title ?? content.sub_title_text ?? content.content ?? content.title ?? "",
  sender: (message, name, seat) => seat.chat.id !== "p2p" && h("div", { class: "sender" }, name),
  readWords: (read, others) => (read === others ? "全部已读" : read ? `${others - read} 人未读` : "未读"),
  recalled: (who) => `${who} 撤回了一条消息`,

  /** WeCom shows nothing after a click: the card changes, or it does not. */
  answered() {},

  placeholder: () => "输入消息",
  lead: () => h("span", { class: "lead", "aria-hidden": "true" }, icon("smile")),

  /** What the app's menu configures; an entry stands for a command. Groups have none. */
  quick(seat) {
    if (seat.chat.id !== "p2p") return [];
    const keyboard = h("span", { class: "keyboard", "aria-hidden": "true" }, icon("keyboard"));
    return [keyboard, ...MENU.map(([words, inside]) => entry(seat, words, inside))];
  },
};

function entry(seat, words, inside) {
  const choose = () => menu(button, inside.map((one) => [icon("chat"), one, () => say(seat, one)]));
  const button = h("button", { type: "button", on: { click: () => (inside.length ? choose() : say(seat, words)) } }, inside.length > 0 && icon("list"), words);
  return button;
}

function say(seat, words) {
  if (words !== FILLED_IN) return sendText(seat, seat.chat.id, words);
  seat.composer.fill(`${words} `);
  note(seat, "接着写客户、项目、金额和签约时间");
}
