// What else than words can be sent, as far as the messenger carries it in this conversation.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { menu } from "./layer.js";
import { ask } from "./link.js";
import { note } from "./note.js";

export function attach(anchor, seat) {
  menu(anchor, seat.chat.sends.map((kind) => entry(kind, seat)));
}

function entry(kind, seat) {
  switch (kind) {
    case "image":
      return [icon("picture"), "图片", () => choose(seat, "image", "image/*")];
    case "file":
      return [icon("file"), "文件", () => choose(seat, "file", "")];
    case "audio":
      return [icon("voice"), seat.composer.field.value.trim() ? "把输入的话当语音发" : "语音（2 秒）", () => without(seat, kind, seat.composer.take())];
    case "location":
      return [icon("place"), "位置", () => without(seat, kind)];
    default:
      return [icon("smile"), "表情", () => without(seat, kind)];
  }
}

async function without(seat, kind, words = "") {
  tell(seat, await ask("attach", { seat: seat.key, chat: seat.chat.id, kind, words }));
}

function choose(seat, kind, accept) {
  const field = h("input", { type: "file", accept, hidden: true });
  field.addEventListener("change", () => {
    if (field.files[0]) send(seat, kind, field.files[0]);
    field.remove();
  });
  document.body.append(field);
  field.click();
}

async function send(seat, kind, file) {
  const place = [seat.key, seat.chat.id, kind].map(encodeURIComponent).join("/");
  try {
    const answer = await fetch(`playground/send/${place}?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
    tell(seat, answer.ok ? await answer.json() : { refused: "没有送出" });
  } catch {
    tell(seat, { refused: "与机器人断开，没有送出" });
  }
}

function tell(seat, done) {
  const words = done.refused || done.note;
  if (words) note(seat, words);
}
