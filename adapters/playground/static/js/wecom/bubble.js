// What a message in WeCom holds besides cards.

import { append, h } from "../dom.js";
import { icon } from "../icons.js";
import { media } from "../media.js";
import { link } from "../scan.js";
import { drawMarkdown, drawText } from "./words.js";

export function bubble(message) {
  const { kind, content, beside } = message;
  const box = (...inside) => append(h("div", { class: "bubble" }), inside);
  switch (kind) {
    case "text":
      return box(...drawText(content.content));
    case "markdown":
    case "stream":
      return box(drawMarkdown(content.content ?? ""));
    case "image":
      return content.media_id
        ? h("div", { class: "bubble bare" }, h("img", { src: media(message.seat, content.media_id), alt: "图片" }))
        : box("[图片]");
    case "mixed":
      return box(content.msg_item.map((item) => h("div", {}, item.msgtype === "text" ? drawText(item.text.content) : "[图片]")));
    case "voice":
      return box(icon("voice"), content.content ? ` ${content.content}` : " 2″");
    case "file":
      return append(h("div", { class: "bubble with-icon" }), [icon("file"), " ", beside.file ?? "文件"]);
    case "location":
      return box(icon("place"), ` ${content.Label ?? "位置"}`);
    case "textcard":
      return box(h("b", { class: "post-title" }, content.title), h("div", {}, content.description.replace(/<\/?div[^>]*>/g, "")), link(content.url, content.btntxt || "详情"));
    case "news":
      return box(content.articles.map((one) => h("div", {}, link(one.url ?? "", one.title), one.description && h("div", {}, one.description))));
    default:
      return box(`[${kind}]`);
  }
}
