// DingTalk's skin.

import { h } from "../dom.js";
import { avatar, groupAvatar } from "../avatar.js";
import { sendText } from "../composer.js";
import { store } from "../store.js";
import { toast } from "../toast.js";
import { bubble } from "./bubble.js";
import { drawCard } from "./card.js";

const QUICK = ["待办", "我的报备", "帮助"];

export default {
  mark: "钉",
  title: "钉钉",

  titlebar: (_seat, chat) =>
    chat.id === "p2p"
      ? [avatar(store.bot), h("div", {}, h("h2", {}, store.bot), h("p", {}, "机器人"))]
      : [groupAvatar(chat.name), h("div", {}, h("h2", {}, `${chat.name}（${chat.members.length + 1}）`))],

  isCard: (message) => message.kind === "card",
  card: drawCard,
  bubble,
  said: (text) => ({ content: text }),
  settled: ({ content }) => content.cardParamMap?.status ?? "",
  words: ({ content }) => content.cardParamMap?.title ?? content.title ?? content.content ?? content.fileName ?? "",
  sender: (message, name) => h("div", { class: "sender" }, name, !message.sender && h("em", {}, "机器人")),

  readWords: (read, others) => (read === others ? "全部已读" : others === 1 ? "未读" : `${others - read} 人未读`),

  /** Only the client's own failure; what came of it stands on the card. */
  answered(seat, done) {
    if (done.toast) toast(seat.frame, ...done.toast);
  },

  placeholder: () => "输入消息，Enter 发送",

  /** Quick entries of the robot's single chat: each says its words. */
  quick(seat) {
    if (seat.chat.id !== "p2p") return [];
    return QUICK.map((words) => h("button", { type: "button", on: { click: () => sendText(seat, seat.chat.id, words) } }, words));
  },
};
