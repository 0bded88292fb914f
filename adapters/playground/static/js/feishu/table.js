// A table: head, rows, pages. Paging needs no callback.

import { append, h } from "../dom.js";
import { icon } from "../icons.js";
import { drawInline } from "./inline.js";
import { face } from "./people.js";

const SHORT = 14;

export function drawTable(component) {
  const size = component.page_size ?? 5;
  const pages = Math.max(1, Math.ceil(component.rows.length / size));
  let page = 0;
  const body = h("tbody");
  const pager = h("div", { class: "pager" });
  const fill = () => {
    const rows = component.rows.slice(page * size, (page + 1) * size);
    body.replaceChildren(...rows.map((row) => h("tr", {}, component.columns.map((column) => cell(column, row[column.name])))));
    pager.replaceChildren(`${page + 1} / ${pages}`, turn("left", "上一页", -1), turn("right", "下一页", 1));
  };
  const turn = (drawn, words, step) => {
    const there = page + step >= 0 && page + step < pages;
    const go = () => {
      page += step;
      fill();
    };
    return h("button", { type: "button", "aria-label": words, disabled: !there, on: { click: go } }, icon(drawn));
  };
  fill();
  const head = component.columns.map((column) => h("th", { class: alignment(column) }, column.display_name ?? column.name));
  return h(
    "div",
    {},
    h("div", { class: "grid-table" }, h("table", {}, h("thead", {}, h("tr", {}, head)), body), pages > 1 && pager),
  );
}

const alignment = (column) => (column.data_type === "number" || column.horizontal_align === "right" ? "number" : "");

function cell(column, value) {
  const words = value ?? "";
  const short = typeof words === "string" && words.length <= SHORT;
  return append(h("td", { class: [alignment(column), short && "short"].filter(Boolean).join(" ") }), [drawn(column, words)]);
}

function drawn(column, value) {
  switch (column.data_type) {
    case "lark_md":
    case "markdown":
      return drawInline(String(value));
    case "number":
      return value === "" ? "" : figure(value, column.format);
    case "date":
      return value === "" ? "" : new Date(value).toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" });
    case "options":
      return [value].flat().filter(Boolean).map((one) => h("span", { class: `tag tone-${one.color ?? "neutral"}` }, one.text ?? one));
    case "persons":
      return [value].flat().filter(Boolean).map((id) => face(id));
    default:
      return String(value);
  }
}

function figure(value, { symbol = "", precision, separator = false } = {}) {
  const words = precision === undefined ? String(value) : value.toFixed(precision);
  const [whole, rest] = words.split(".");
  const grouped = separator ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
  return `${symbol}${grouped}${rest ? `.${rest}` : ""}`;
}
