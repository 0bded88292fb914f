// Feishu's skin.

import { h } from "../dom.js";
import { avatar, groupAvatar } from "../avatar.js";
import { icon } from "../icons.js";
import { store } from "../store.js";
import { toast } from "../toast.js";
import { bubble } from "./bubble.js";
import { drawCard } from "./card.js";

export default {
  mark: "飞",
  title: "飞书",

  titlebar: (_seat, chat) =>
    chat.id === "p2p"
      ? [avatar(store.bot), h("div", {}, h("h2", {}, store.bot), h("p", {}, "机器人"))]
      : [groupAvatar(chat.name), h("div", {}, h("h2", {}, chat.name), h("p", {}, `${chat.members.length + 1} 人 · 含机器人`))],

  isCard: (message) => message.kind === "interactive",
  card: drawCard,
  bubble,
  said: (text) => ({ text }),
  words: ({ content }) => content.header?.title?.content ?? content.text ?? content.title ?? "",
  sender: (message, name) => h("div", { class: "sender" }, name, !message.sender && h("em", {}, "机器人")),
  recalled: (who) => `${who} 撤回了一条消息`,

  answered(seat, done) {
    if (done.code) toast(seat.frame, "error", `出错了，请稍后重试 code: ${done.code}`);
    else if (done.toast) toast(seat.frame, ...done.toast);
  },
};
