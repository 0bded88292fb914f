// Small parts that components share: texts, icons, distances, the box for what the client would refuse.

import { append, h } from "../dom.js";
import { icon } from "../icons.js";
import { refusal as box } from "../message.js";
import { drawInline } from "./inline.js";

const GAPS = { small: "4px", medium: "8px", large: "12px", extra_large: "16px" };
const SIZES = {
  "heading-0": "heading-0", "heading-1": "heading-1", "heading-2": "heading-2", "heading-3": "heading-3",
  "heading-4": "heading-4", heading: "heading", normal: "normal", notation: "notation", "xxxx-large": "heading-0",
  "xxx-large": "heading-1", "xx-large": "heading-2", "x-large": "heading-3", large: "heading-4", medium: "normal",
  small: "notation", "x-small": "notation",
};
const ICONS = [[/time|clock/, "clock"], [/down/, "down"], [/right/, "right"], [/done|yes|succeed/, "done"], [/warn/, "alert"],
  [/calendar/, "calendar"], [/info/, "info"], [/close|forbid|no/, "wrong"], [/file|doc/, "file"]];

export const gapOf = (spacing) => GAPS[spacing] ?? spacing ?? "";

export const refusal = (code, words) => box(code, words, "飞书不会接受");

/** The words of a text object without any formatting. */
export const textOf = (text) => text?.content ?? "";

/** plain_text stays as it is, lark_md is read. */
export function drawText(text, extra = "") {
  const classes = ["text", `size-${SIZES[text.text_size] ?? "normal"}`, text.text_color && `color-${text.text_color}`, extra];
  const node = h("div", { class: classes.filter(Boolean).join(" "), style: { "text-align": text.text_align } });
  if (text.lines) {
    node.classList.add("clamped");
    node.style.setProperty("-webkit-line-clamp", text.lines);
  }
  return append(node, [text.tag === "lark_md" ? drawInline(text.content) : text.content]);
}

/** Feishu's own drawings are not ours to ship: the nearest line drawing stands for each. */
export function drawIcon({ token = "", color, size }) {
  const found = ICONS.find(([pattern]) => pattern.test(token));
  const drawn = icon(found ? found[1] : "chat");
  if (color) drawn.classList.add(`color-${color}`);
  const [width] = (size ?? "").split(" ");
  if (width) drawn.style.setProperty("width", width);
  return drawn;
}

export const marginOf = (component) => ({ margin: component.margin });
export const sizeClass = (name) => `size-${SIZES[name] ?? "normal"}`;
