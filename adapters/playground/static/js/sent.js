// What a turn sent: one line per delivery, opened with its limits, its attempts and the payload as it went out.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { copy } from "./inspector.js";
import { tile } from "./switcher.js";
import { dateOf, timeOf } from "./words.js";

const STATES = {
  sent: ["tick", "已送达"],
  sending: ["fresh", "在路上"],
  waiting: ["alert", "等待重试"],
  refused: ["wrong", "被拒"],
  unknown: ["alert", "不知道到了没有"],
};

export const deliveries = (all, open = false) => all.length > 0 && h("div", { class: "deliveries" }, all.map((one) => row(one, open)));

function row(one, open) {
  const [drawn, words] = STATES[one.state];
  return h(
    "details",
    { class: `delivery ${one.state}`, open },
    h(
      "summary",
      {},
      tile(one.skin),
      h("b", {}, one.kind),
      h("span", { class: "whom" }, one.whom),
      h("code", {}, one.call),
      h("span", { class: "state" }, icon(drawn, words), one.state === "sent" ? `${Math.round(one.took_ms)} ms` : words),
    ),
    limits(one),
    one.attempts.length > 1 || one.state !== "sent" ? attempts(one) : false,
    h("div", { class: "payload" }, h("button", { class: "button small", type: "button", on: { click: () => copy(one.payload) } }, "复制"), h("pre", { tabIndex: 0 }, one.payload)),
  );
}

function limits(one) {
  const facts = [...one.measures];
  if (one.changeable_until) facts.push(["可改至", `${dateOf(one.changeable_until)} ${timeOf(one.changeable_until)}`]);
  return facts.length > 0 && h("p", { class: "limits" }, facts.map(([what, used]) => h("span", {}, what, " ", h("b", {}, used))));
}

function attempts(one) {
  return h(
    "ol",
    { class: "attempts" },
    one.attempts.map(({ state, took_ms: took, reason, again }, at) => h("li", {}, `第 ${at + 1} 次 +${Math.round(took)} ms ${STATES[state][1]}`, reason && `：${reason}`, again > 0 && `，${again.toFixed(1)} 秒后再试`)),
  );
}
