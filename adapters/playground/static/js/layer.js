// What opens above the page: popovers beside a control (sheets from the bottom on a narrow page), and dialogs.

import { focusable, freshId, h, trap } from "./dom.js";

let open = null;

export const isOpen = () => open !== null;

export function close() {
  if (!open) return;
  const { nodes, back, closed } = open;
  open = null;
  for (const node of nodes) node.remove();
  if (back?.isConnected) back.focus();
  closed?.();
}

function show(content, scrim, closed) {
  close();
  const back = document.activeElement;
  scrim.addEventListener("click", close);
  trap(content, close);
  document.getElementById("layer").append(scrim, content);
  open = { nodes: [scrim, content], back, closed };
}

/** Opens `content` under `anchor`. */
export function popover(anchor, content, { label, wide = false, closed } = {}) {
  content.classList.add("popover");
  content.classList.toggle("wide", wide);
  content.setAttribute("role", "dialog");
  content.setAttribute("aria-label", label);
  show(content, h("div", { class: "scrim clear" }), closed);
  place(content, anchor);
  (content.querySelector("[data-first]") ?? focusable(content)[0])?.focus({ preventScroll: true });
}

function place(content, anchor) {
  const box = anchor.getBoundingClientRect();
  const width = content.offsetWidth;
  const below = innerHeight - box.bottom - 16;
  content.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  if (below > 280 || below > box.top) {
    content.style.top = `${box.bottom + 6}px`;
    content.style.maxHeight = `${below}px`;
  } else {
    content.style.bottom = `${innerHeight - box.top + 6}px`;
    content.style.maxHeight = `${box.top - 16}px`;
  }
}

/** Asks one question of ours; resolves true for the main button. */
export function question(title, text, main) {
  return new Promise((resolve) => {
    let answer = false;
    const titled = freshId("title");
    const decide = (value) => () => {
      answer = value;
      close();
    };
    const no = h("button", { class: "button", type: "button", on: { click: decide(false) } }, "取消");
    const yes = h("button", { class: "button main", type: "button", on: { click: decide(true) } }, main);
    const dialog = h(
      "div",
      { class: "dialog", role: "alertdialog", "aria-modal": "true", "aria-labelledby": titled },
      h("h2", { id: titled }, title),
      text && h("p", {}, text),
      h("footer", {}, no, yes),
    );
    show(dialog, h("div", { class: "scrim" }), () => resolve(answer));
    yes.focus();
  });
}

/** A list of things to do, for the narrow page. */
export function menu(anchor, entries) {
  const buttons = entries.map(([drawn, words, act, disabled]) =>
    h(
      "button",
      {
        type: "button",
        disabled,
        on: {
          click: () => {
            close();
            act();
          },
        },
      },
      drawn,
      words,
    ),
  );
  popover(anchor, h("div", { class: "menu" }, buttons), { label: anchor.getAttribute("aria-label") ?? "更多" });
}
