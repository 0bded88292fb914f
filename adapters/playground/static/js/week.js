// The week of the clock's drawer: a cell a day, a dot a timer, days off hatched.

import { h, redraw } from "./dom.js";
import { store } from "./store.js";
import { dateOf, dayOf, weekdayOf } from "./words.js";

const MOST_DOTS = 4;

export function drawWeek(place) {
  redraw(place, JSON.stringify([dayOf(store.now), store.week]), () => store.week.map(cell));
}

function cell({ date, works, name, ran, due }) {
  const today = dayOf(store.now);
  const classes = [!works && "off", date === today ? "today" : date < today && "past"].filter(Boolean).join(" ");
  const said = [name || (works ? "" : "休息日"), ran && `已触发 ${ran} 件`, due && `将触发 ${due} 件`].filter(Boolean).join("，");
  return h(
    "div",
    { class: classes, role: "listitem", title: said, "aria-label": [`${dateOf(`${date}T00:00`)} ${weekdayOf(date)}`, said].filter(Boolean).join("，") },
    weekdayOf(date),
    h("b", {}, String(Number(date.slice(8)))),
    h("span", { class: "dots" }, dots(ran, due)),
  );
}

function dots(ran, due) {
  const all = [...Array(ran).fill("ran"), ...Array(due).fill("")];
  return all.slice(-MOST_DOTS).map((kind) => h("i", { class: kind }));
}
