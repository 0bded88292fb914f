// 导览: five steps through one registration, at the first visit and whenever asked for. Whoever does a step advances it.

import { h } from "./dom.js";
import { drawerOpen } from "./drawer.js";
import { icon } from "./icons.js";
import { toNext } from "./clock.js";
import { activate, layout } from "./layout.js";
import { look } from "./inspector.js";
import { seatOf } from "./stage.js";
import { on, messagesOf, store } from "./store.js";

const SEEN = "channelops-tour";
const AGENT = "wecom:zhaomin";
const HEADQUARTERS = "feishu:ou_linlan";
const MANAGER = "dingtalk:lijing";
const LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签";
const GAP = 12;
/** Milliseconds until what arrived is drawn. */
const SETTLED = 100;
const WIDTH = 348;

const STEPS = [
  {
    title: "赵敏在企业微信报备一位客户",
    words: () => (pressable(AGENT, "提交") ? "机器人已读懂这句话，请她核对。按「提交」。" : "一句话就够，顺序随意。发出去，机器人会请她核对。"),
    seat: AGENT,
    bright: () => (pressable(AGENT, "提交") ? pressable(AGENT, "提交").closest(".card") : seatOf(AGENT)?.composer.root),
    help: () => (pressable(AGENT, "提交") ? "替我按" : "替我输入"),
    act: () => (pressable(AGENT, "提交") ? press(AGENT, "提交") : say(AGENT, LINE)),
    done: (order) => fresh(MANAGER, order),
  },
  {
    title: "李静在钉钉收到了审批卡片",
    enter: () => openAt(HEADQUARTERS),
    words: () => "同一件事，审批人不用换软件。林岚也在飞书打开了它。现在替李静按「同意」。",
    seat: MANAGER,
    bright: () => lastCard(MANAGER),
    help: () => "替我按",
    act: () => press(MANAGER, "同意"),
    done: () => !pressable(MANAGER, "同意"),
  },
  {
    title: "三个窗口里的同一张卡片一起变了",
    words: () => "谁在哪里决定都一样：每一份副本都跟着变，改不了的另发一条。",
    bright: () => document.getElementById("stage"),
    help: () => "下一步",
    act: () => next(),
    done: () => false,
  },
  {
    title: "把时钟拨快，看提醒",
    words: () => "到期、升级、小结都按工作时间走。跳到下一件事，看看谁收到什么。",
    bright: () => document.querySelector(".clock .dial"),
    help: () => "替我按",
    act: () => toNext(),
    done: (order) => store.jumps.some((jump) => jump.order > order && jump.end),
  },
  {
    title: "透视：一句话怎么变成结果",
    words: () => "每条消息旁都有放大镜：收到什么，怎么读懂，凭什么允许，写了什么，送到了哪里。",
    bright: () => [...document.querySelectorAll(".tools .tool")].find((one) => one.getAttribute("aria-label") === "透视") ?? document.querySelector(".tools"),
    help: () => "替我按",
    act: () => look(decision()),
    done: () => drawerOpen() === "inspector",
  },
];

let at = -1;
let since = 0;
let timer = 0;
let ring = null;
let card = null;

const lastOrder = () => Math.max(0, ...[...store.messages.values()].flat().map((one) => one.order), ...store.jumps.map((one) => one.order), ...store.events.map((one) => one.order));
const buttonsOf = (key) => [...(seatOf(key)?.list.root.querySelectorAll(".card button") ?? [])];
const pressable = (key, words) => buttonsOf(key).findLast((button) => button.textContent.trim() === words && !button.disabled);
const lastCard = (key) => [...(seatOf(key)?.list.root.querySelectorAll(".card") ?? [])].at(-1);
const fresh = (key, order) => messagesOf(`${key}/p2p`).some((message) => message.order > order && !message.sender);

function press(key, words) {
  pressable(key, words)?.click();
}

function say(key, words) {
  const { composer } = seatOf(key);
  composer.fill(words);
  composer.send();
}

/** The same record in a third window, so that it is seen to change there. */
function openAt(key) {
  const [id] = /BB\d+/.exec(lastCard(MANAGER)?.textContent ?? "") ?? [];
  if (id && seatOf(key)) say(key, `进度 ${id}`);
}

/** The press of 同意, if it can still be looked into. */
function decision() {
  const event = store.events.findLast((one) => one.trace && one.what.includes("同意"));
  return event ? { event: event.order } : {};
}

export function startTour() {
  if (!store.accounts.has(AGENT) || !store.accounts.has(MANAGER)) return;
  at = -1;
  next();
}

function next() {
  at += 1;
  since = lastOrder();
  if (at >= STEPS.length) return end();
  const { seat, enter } = STEPS[at];
  if (seat && layout.seats.includes(seat)) activate(seat);
  draw();
  if (enter) setTimeout(enter, SETTLED);
}

function end() {
  at = -1;
  clearInterval(timer);
  timer = 0;
  ring?.remove();
  card?.remove();
  ring = card = null;
  try {
    localStorage.setItem(SEEN, "1");
  } catch {
    // A browser that remembers nothing shows it again.
  }
}

function draw() {
  ring ??= document.body.appendChild(h("div", { class: "tour-ring", "aria-hidden": "true" }));
  card ??= document.body.appendChild(h("section", { class: "tour", role: "dialog", "aria-label": "导览", tabIndex: -1 }));
  timer ||= setInterval(follow, 200);
  follow();
}

function follow() {
  const step = STEPS[at];
  if (!step) return;
  if (step.done(since)) return next();
  fill(step);
  const bright = step.bright();
  const box = seen(bright) ?? new DOMRect(innerWidth / 2, innerHeight / 2, 0, 0);
  Object.assign(ring.style, { left: `${box.left - 4}px`, top: `${box.top - 4}px`, width: `${box.width + 8}px`, height: `${box.height + 8}px` });
  place(box);
}

/** What of it is not scrolled away. */
function seen(bright) {
  const box = bright?.getBoundingClientRect();
  const view = bright?.closest(".list")?.getBoundingClientRect();
  if (!view) return box;
  const [top, bottom] = [Math.max(box.top, view.top), Math.min(box.bottom, view.bottom)];
  return new DOMRect(box.left, top, box.width, Math.max(0, bottom - top));
}

let filled = "";

function fill(step) {
  const sign = [at, step.words(), step.help(), card.childElementCount > 0].join("|");
  if (sign === filled) return;
  card.replaceChildren(
    h("header", {}, h("span", {}, `${at + 1} / ${STEPS.length}`), h("button", { class: "skip", type: "button", on: { click: end } }, "跳过")),
    h("h2", {}, step.title),
    h("p", {}, step.words()),
    h("button", { class: "do", type: "button", on: { click: step.act } }, step.help(), icon("right")),
  );
  filled = [at, step.words(), step.help(), true].join("|");
}

/** Beside what it speaks of, never over it if there is room anywhere. */
function place(box) {
  const width = Math.min(WIDTH, innerWidth - 2 * GAP);
  const height = card.offsetHeight;
  const fits = [
    [box.right + GAP, box.top],
    [box.left - GAP - width, box.top],
    [within(box.left, innerWidth - width), box.bottom + GAP],
    [within(box.left, innerWidth - width), box.top - GAP - height],
  ].find(([left, top]) => left >= GAP && left + width <= innerWidth - GAP && top >= GAP && top + height <= innerHeight - GAP);
  const [left, top] = fits ?? [innerWidth - width - 2 * GAP, innerHeight - height - 2 * GAP];
  card.style.left = `${left}px`;
  card.style.top = `${Math.max(GAP, top)}px`;
}

const within = (left, most) => Math.max(GAP, Math.min(left, most - GAP));

let offered = false;
on("clock", () => {
  if (offered || !store.now) return;
  offered = true;
  let seen = null;
  try {
    seen = localStorage.getItem(SEEN);
  } catch {
    // see above
  }
  if (!seen && !store.events.length && layout.seats.includes(AGENT) && layout.seats.includes(MANAGER)) startTour();
});
on("state", () => at > 0 && !store.events.length && end());
