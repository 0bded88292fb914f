// Feishu's confirm box: over the frame only. It keeps the focus and gives it back.

import { freshId, h, trap } from "../dom.js";
import { textOf } from "./parts.js";

/** True for 确定. Of something dangerous 取消 has the focus. */
export function confirmed(frame, { confirm, type = "" }) {
  return new Promise((resolve) => {
    const back = document.activeElement;
    const titled = freshId("confirm");
    const end = (answer) => () => {
      scrim.remove();
      if (back?.isConnected) back.focus({ preventScroll: true });
      resolve(answer);
    };
    const no = h("button", { class: "fbutton default", type: "button", on: { click: end(false) } }, h("span", {}, "取消"));
    const yes = h("button", { class: "fbutton primary_filled", type: "button", on: { click: end(true) } }, h("span", {}, "确定"));
    const box = h(
      "div",
      { class: "confirm-box", role: "alertdialog", "aria-modal": "true", "aria-labelledby": titled },
      h("h3", { id: titled }, textOf(confirm.title)),
      h("p", {}, textOf(confirm.text)),
      h("footer", {}, no, yes),
    );
    const scrim = h("div", { class: "asked" }, box);
    trap(box, end(false));
    frame.append(scrim);
    (type.startsWith("danger") ? no : yes).focus();
  });
}
