// One drawer on the right at a time: it pushes the stage, and covers it as a sheet where there is no room.

import { append, h } from "./dom.js";
import { icon } from "./icons.js";
import { emit } from "./store.js";

let open = null;

export const drawerOpen = () => open?.name ?? "";

export function closeDrawer() {
  if (!open) return;
  const { nodes, back, closed } = open;
  open = null;
  for (const node of nodes) node.remove();
  document.body.classList.remove("drawn");
  closed?.();
  emit("drawer");
  if (back?.isConnected) back.focus({ preventScroll: true });
}

/** `tools` stand in its head before ×; `closed` hears of its end. */
export function openDrawer(name, title, body, { tools = [], closed } = {}) {
  const back = document.activeElement;
  if (open) closeDrawer();
  const away = h("button", { class: "square", type: "button", title: "关闭（Esc）", "aria-label": "关闭", on: { click: closeDrawer } }, icon("close"));
  const drawer = h("aside", { class: `drawer ${name}`, "aria-label": title, tabIndex: -1 }, h("header", {}, h("h2", {}, title), append(h("div", { class: "head-tools" }), [tools, away])), body);
  const scrim = h("div", { class: "scrim drawer-scrim", on: { click: closeDrawer } });
  document.getElementById("layer").before(scrim, drawer);
  document.body.classList.add("drawn");
  open = { name, nodes: [scrim, drawer], back, closed };
  emit("drawer");
  drawer.focus({ preventScroll: true });
}
