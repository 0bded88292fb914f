// What a message in DingTalk holds besides cards: people's by their msgtype, the robot's by its msgKey.

import { append, h } from "../dom.js";
import { icon } from "../icons.js";
import { media } from "../media.js";
import { press } from "../press.js";
import { link } from "../scan.js";
import { drawMarkdown } from "./markdown.js";

export function bubble(message, seat) {
  const { kind, content } = message;
  const root = h("div", { class: "bubble" });
  switch (kind) {
    case "text":
    case "sampleText":
      return append(root, [message.beside.at && h("span", { class: "at" }, `@${message.beside.at} `), content.content.trim()]);
    case "markdown":
    case "sampleMarkdown":
      return append(root, [drawMarkdown(content.text, (words) => saying(words, { seat, message, root }))]);
    case "picture":
    case "sampleImageMsg":
      return h("div", { class: "bubble bare" }, h("img", { src: media(message.seat, content.downloadCode ?? content.photoURL), alt: "图片" }));
    case "file":
    case "sampleFile":
      return append(h("div", { class: "bubble with-icon" }), [icon("file"), " ", content.fileName]);
    case "audio":
    case "sampleAudio":
      return append(root, [icon("voice"), ` ${Math.round(Number(content.duration ?? 0) / 1000)}″`, content.recognition && h("div", {}, content.recognition)]);
    case "richText":
      return append(root, content.richText.map((part) => h("div", {}, part.text ?? "[图片]")));
    case "unknownMsgType":
      return append(root, [content.unknownMsgType === "sticker" ? "[表情]" : [icon("place"), " 位置"]]);
    default:
      return append(root, actions(kind, content));
  }
}

/** A link that makes whoever presses it say its words to the robot. */
function saying(words, context) {
  const button = h("button", { class: "saying", type: "button", on: { click: () => press(context, { label: words, control: button }) } }, words);
  return button;
}

/** Action cards and links: their buttons are links. */
function actions(kind, content) {
  if (!content.text) return [`[${kind}]`];
  const titles = Object.keys(content).filter((key) => /^(single|action|button)Title\d?$/.test(key));
  const links = titles.map((key) => h("div", {}, link(content[key.replace("Title", "URL")] ?? content[key.replace("Title", "Url")] ?? "", content[key])));
  return [h("b", { class: "post-title" }, content.title), drawMarkdown(content.text), ...links];
}
