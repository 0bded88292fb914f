// What a fault holds up, said where it would stand: an amber line in the list, an amber chip in the seat bar.

import { h, redraw } from "./dom.js";
import { icon } from "./icons.js";
import { layout } from "./layout.js";
import { seatOf } from "./stage.js";
import { on, store } from "./store.js";

const MOST_CHIPS = 2;
const SHORT = { limit: "限流", twice: "重复推送", lost: "丢回执", order: "乱序", frozen: "不可改", nameless: "不带身份" };

function words({ kind, count, why, seconds, attempt }, title) {
  if (kind === "kept") return `${count} 条先存在本机：${why}，恢复后再处理`;
  if (kind === "pushed") return `${count} 条机器人没有收下：${[why, `${title} ${Math.ceil(seconds)} 秒后第 ${attempt} 次投递`].filter(Boolean).join("，")}`;
  const how = seconds > 0 ? `${Math.ceil(seconds)} 秒后第 ${attempt} 次重试` : attempt > 1 ? `正在第 ${attempt} 次重试` : "正在送";
  return `${count} 条待送达：${why}，${how}`;
}

function pressLine(seat) {
  const slow = store.trouble.switches.find((one) => one.name === "slow" && one.on.includes(seat.account.channel));
  const mine = [...store.pressing].some((key) => seat.root.querySelector(`.message[data-key="${CSS.escape(key)}"]`));
  return slow && mine ? `演练故障：${seat.skin.title}${pace(slow)}，这次点击还在路上` : "";
}

const pace = ({ values, value }) => (values[value] === "不回应" ? "不回应" : `慢 ${values[value]}`);

function draw() {
  for (const key of layout.seats) {
    const seat = seatOf(key);
    if (!seat) continue;
    const here = store.trouble.waiting.filter((one) => one.seat === key && one.chat === seat.chat.id);
    held(seat, here.length ? here.map((one) => words(one, seat.skin.title)) : [pressLine(seat)].filter(Boolean));
    chips(seat);
  }
}

function held(seat, lines) {
  let place = seat.list.chat.querySelector(".held");
  if (!place) {
    place = h("div", { class: "held", role: "status" });
    seat.list.root.after(place);
  }
  redraw(place, JSON.stringify(lines), () => lines.map((line) => h("div", {}, icon("bolt"), line)));
}

function chips(seat) {
  let place = seat.root.querySelector(".fault-chips");
  if (!place) {
    place = h("span", { class: "fault-chips" });
    seat.who.after(place);
  }
  const mine = store.trouble.switches.filter((one) => one.on.includes(seat.account.channel));
  const said = mine.map((one) => (one.name === "slow" ? pace(one) : SHORT[one.name] ?? one.title));
  place.title = said.join("，");
  const more = said.length > MOST_CHIPS ? said.length - MOST_CHIPS + 1 : 0;
  const shown = more ? [...said.slice(0, MOST_CHIPS - 1), `还有 ${more} 项`] : said;
  redraw(place, said.join(), () => shown.map((one) => h("span", {}, one)));
}

for (const kind of ["trouble", "seats", "messages", "state"]) on(kind, draw);
