// What else than words can be sent: a picture or file of one's own, a voice message, a sticker.

import { h } from "./dom.js";
import { toast } from "./feishu/toast.js";
import { icon } from "./icons.js";
import { menu } from "./layer.js";
import { ask } from "./link.js";

export function attach(anchor, seat) {
  menu(anchor, [
    [icon("picture"), "图片", () => choose(seat, "image", "image/*")],
    [icon("file"), "文件", () => choose(seat, "file", "")],
    [icon("voice"), "语音（2 秒）", async () => tell(seat, await ask("attach", { seat: seat.key, kind: "audio" }))],
    [icon("smile"), "表情", async () => tell(seat, await ask("attach", { seat: seat.key, kind: "sticker" }))],
  ]);
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
  const address = `playground/send/${encodeURIComponent(seat.key)}/${kind}?name=${encodeURIComponent(file.name)}`;
  try {
    const answer = await fetch(address, { method: "POST", body: file });
    tell(seat, answer.ok ? await answer.json() : { refused: "没有送出" });
  } catch {
    tell(seat, { refused: "与机器人断开，没有送出" });
  }
}

function tell(seat, { refused }) {
  if (refused) toast(seat.frame, "error", refused);
}
