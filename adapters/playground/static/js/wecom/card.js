// template_card, drawn block by block from the payload. A block this drawing does not know is a refusal, as of the platform.

import { append, h } from "../dom.js";
import { icon } from "../icons.js";
import { menu } from "../layer.js";
import { refusal } from "../message.js";
import { note } from "../note.js";
import { press } from "../press.js";
import { link } from "../scan.js";
import { drawButtons } from "./buttons.js";
import { Choices } from "./choices.js";
import { cut, lengths } from "./words.js";

const KNOWN = new Set(
  ("card_type source main_title emphasis_content quote_area sub_title_text horizontal_content_list vertical_content_list card_image " +
    "image_text_area button_selection select_list checkbox button_list submit_button jump_list action_menu card_action task_id feedback replace_text").split(" "),
);
const TYPES = new Set("text_notice news_notice button_interaction vote_interaction multiple_interaction".split(" "));

export function drawCard(message, seat) {
  const { content } = message;
  const strange = Object.keys(content).find((name) => !KNOWN.has(name));
  if (strange) return refusal(40058, `template_card: ${strange}`, "企业微信不会接受");
  if (!TYPES.has(content.card_type)) return refusal(40058, `template_card.card_type: ${content.card_type}`, "企业微信不会接受");
  const root = h("div", { class: "card wcard" });
  const context = { seat, message, root, most: lengths(message) };
  context.choices = new Choices(context);
  const inside = h("div", { class: "inside" });
  append(inside, [...heads(context), ...facts(context), context.choices.rows(), drawButtons(context)]);
  return append(root, [picture(content), inside, jumps(context)]);
}

/** Everything a finger can look for by its words, as the emulator finds it: the words, or what is shown of them. */
export function whichOf(card, words, part) {
  const all = [...(card.action_menu?.action_list ?? []), ...(card.jump_list ?? []), ...(card.button_list ?? []), card.submit_button].filter(Boolean);
  return Math.max(0, all.filter((one) => (one.text ?? one.title) === words).indexOf(part));
}

function heads(context) {
  const { content } = context.message;
  const { most } = context;
  const title = content.main_title?.title;
  const big = content.emphasis_content;
  return [
    source(context),
    title && h("h3", {}, cut(title, content.card_type === "vote_interaction" ? most.voteTitle : most.title)),
    content.main_title?.desc && h("div", { class: "desc" }, cut(content.main_title.desc, most.desc)),
    big && h("div", { class: "emphasis" }, h("b", {}, cut(big.title, most.big)), h("div", { class: "desc" }, cut(big.desc, most.bigDesc))),
    area(content.quote_area, "quote"),
    area(content.image_text_area, "news"),
    content.sub_title_text && h("div", { class: "sub" }, cut(content.sub_title_text, most.sub)),
  ];
}

function source(context) {
  const { source: from, action_menu: actions } = context.message.content;
  if (!from && !actions) return null;
  const more = actions && h("button", { class: "menu-of-card", type: "button", "aria-label": actions.desc || "更多操作", on: { click: () => openMenu(more, context) } }, icon("more"));
  return h("div", { class: `source c${from?.desc_color ?? 0}` }, from?.icon_url && h("i"), cut(from?.desc, context.most.source), more);
}

function openMenu(anchor, context) {
  const { action_menu: actions } = context.message.content;
  menu(
    anchor,
    actions.action_list.map((one) => [icon("list"), one.text, () => press(context, { label: one.text, which: whichOf(context.message.content, one.text, one), control: anchor })]),
  );
}

function area(block, kind) {
  if (!block) return null;
  const words = block.quote_text ?? block.desc;
  return h("div", { class: kind }, block.title && h("b", {}, block.title), words);
}

function picture({ card_image: image }) {
  return image && h("div", { class: "picture", style: { "aspect-ratio": String(image.aspect_ratio ?? 1.3) } }, "图片");
}

function facts(context) {
  const { content } = context.message;
  const pairs = (content.horizontal_content_list ?? []).map((one) => [h("dt", {}, cut(one.keyname, context.most.key)), h("dd", {}, fact(one, context))]);
  const vertical = (content.vertical_content_list ?? []).map((one) =>
    h("div", { class: "sub" }, h("b", {}, cut(one.title, context.most.vertical)), one.desc && h("div", {}, cut(one.desc, context.most.verticalDesc))),
  );
  return [pairs.length > 0 && append(h("dl"), pairs), vertical];
}

function fact({ type = 0, value, url, userid }, context) {
  const words = cut(value, context.most.value);
  if (type === 1) return link(url, words || url);
  return type === 2 || type === 3 ? h("span", { class: "at" }, words || userid) : words;
}

/** A jump opens a page, or asks the smart bot a question; it is never an action. */
function jumps(context) {
  const list = context.message.content.jump_list ?? [];
  if (!list.length) return null;
  return h("div", { class: "wjumps" }, list.map((one) => jump(one, context)));
}

function jump(one, context) {
  const act = () => {
    if (one.type === 3) press(context, { label: one.title, which: whichOf(context.message.content, one.title, one), control: button });
    else if (/^https?:/.test(one.url ?? "")) open(one.url, "_blank", "noopener,noreferrer");
    else note(context.seat, "真机会打开小程序");
  };
  const button = h("button", { class: "jump-of-card", type: "button", on: { click: act } }, cut(one.title, context.most.jump), icon("right"));
  return button;
}
