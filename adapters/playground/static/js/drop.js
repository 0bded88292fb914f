// What opens under a field, inside the frame so that it wears the messenger's skin.

import { h } from "./dom.js";

const MOVED = 4;
let current = null;

export function closeDrop() {
  if (!current) return;
  const { box, anchor, outside } = current;
  current = null;
  removeEventListener("pointerdown", outside, true);
  removeEventListener("scroll", outside, true);
  const inside = box.contains(document.activeElement);
  box.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (inside && anchor.isConnected) anchor.focus({ preventScroll: true });
}

export function drop(anchor, frame, content, { width } = {}) {
  const again = current?.anchor === anchor;
  closeDrop();
  if (again) return null;
  const box = h("div", { class: "drop" }, content);
  box.style.width = width ?? `${anchor.offsetWidth}px`;
  frame.append(box);
  const there = anchor.getBoundingClientRect().top;
  const outside = (event) => {
    const away = event.type === "pointerdown" ? !anchor.contains(event.target) : Math.abs(anchor.getBoundingClientRect().top - there) > MOVED;
    if (away && !box.contains(event.target)) closeDrop();
  };
  current = { box, anchor, outside };
  addEventListener("pointerdown", outside, true);
  addEventListener("scroll", outside, true);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && event.key !== "Tab") return;
    event.stopPropagation();
    if (event.key === "Escape") event.preventDefault();
    closeDrop();
  });
  anchor.setAttribute("aria-expanded", "true");
  return { box, place: () => place(box, anchor) };
}

/** Under the field, or above it where there is more room; called once the content stands. */
function place(box, anchor) {
  const spot = anchor.getBoundingClientRect();
  const below = innerHeight - spot.bottom - 12;
  const above = spot.top - 12;
  const room = Math.max(below, above);
  box.style.left = `${Math.max(8, Math.min(spot.left, innerWidth - box.offsetWidth - 8))}px`;
  box.style.maxHeight = `${Math.min(360, room)}px`;
  const height = box.offsetHeight;
  if (height <= below || below >= above) box.style.top = `${spot.bottom + 4}px`;
  else box.style.top = `${spot.top - 4 - height}px`;
}
