// Feishu's skin.

import { h, svg } from "../dom.js";
import { avatar, groupAvatar } from "../avatar.js";
import { icon } from "../icons.js";
import { store } from "../store.js";
import { toast } from "../toast.js";
import { bubble } from "./bubble.js";
import { drawCard } from "./card.js";

/** How our cards begin the line that says who decided. */
const DECIDED = "✓ ";

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
  settled: ({ content }) => content.body?.elements?.map(({ text }) => text?.content ?? "").find((words) => words.startsWith(DECIDED))?.slice(DECIDED.length) ?? "",
  words: ({ content }) => content.header?.title?.content ?? content.text ?? content.title ?? "",
  sender: (message, name) => h("div", { class: "sender" }, name, !message.sender && h("em", {}, "机器人")),
  readWords: () => "",
  readSign: (part) => ring(part),
  recalled: (who) => `${who} 撤回了一条消息`,

  answered(seat, done) {
    if (done.code) toast(seat.frame, "error", `出错了，请稍后重试 code: ${done.code}`);
    else if (done.toast) toast(seat.frame, ...done.toast);
  },
};

const AROUND = 2 * Math.PI * 3;

/** Fills as people read. */
function ring(part) {
  const full = part >= 1;
  return svg(
    "svg",
    { class: "read-ring", viewBox: "0 0 14 14", "aria-hidden": "true" },
    svg("circle", { cx: 7, cy: 7, r: 6 }),
    !full && part > 0 && svg("circle", { class: "part", cx: 7, cy: 7, r: 3, "stroke-dasharray": `${AROUND * part} ${AROUND}`, transform: "rotate(-90 7 7)" }),
    full && svg("path", { d: "M4.25 7.25l2 2 3.5-4" }),
  );
}
