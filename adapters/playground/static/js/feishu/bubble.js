// What a message in Feishu holds besides cards: text, posts, pictures, files.

import { append, h } from "../dom.js";
import { icon } from "../icons.js";
import { media } from "../media.js";
import { nameOf } from "../store.js";
import { drawInline } from "./inline.js";

export function bubble(message) {
  const { kind, content } = message;
  switch (kind) {
    case "text":
      return append(h("div", { class: "bubble" }), drawInline(named(content.text, message.beside.names ?? {}), { text: true }));
    case "post":
      return post(content);
    case "image":
      return h("div", { class: "bubble bare" }, h("img", { src: media(message.seat, content.image_key), alt: "图片" }));
    case "file":
      return h("div", { class: "bubble with-icon" }, icon("file"), " ", content.file_name);
    case "audio":
      return h("div", { class: "bubble" }, icon("voice"), ` ${Math.round((content.duration ?? 0) / 1000)}″`);
    default:
      return h("div", { class: "bubble" }, `[${{ sticker: "表情", media: "视频" }[kind] ?? kind}]`);
  }
}

/** The placeholders of a received message become the names they stand for. */
function named(text, names) {
  return Object.entries(names).reduce((words, [key, name]) => words.replaceAll(key, `@${name}`), text);
}

function post(content) {
  const { title, content: paragraphs } = content.content ? content : (Object.values(content)[0] ?? {});
  const lines = (paragraphs ?? []).map((parts) => h("div", {}, parts.map(postPart)));
  return h("div", { class: "bubble" }, title && h("b", { class: "post-title" }, title), lines);
}

function postPart(part) {
  switch (part.tag) {
    case "a":
      return drawInline(`[${part.text}](${part.href})`);
    case "at":
      return h("span", { class: "at" }, `@${nameOf(part.user_id) || part.user_name || part.user_id}`);
    case "md":
      return drawInline(part.text);
    default:
      return part.text ?? "";
  }
}
