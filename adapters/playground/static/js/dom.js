// Building nodes. Texts only ever become text nodes: nothing that somebody wrote is read as HTML.

export function h(name, props = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(props)) set(node, key, value);
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false && child !== "") node.append(child);
  }
  return node;
}

function set(node, key, value) {
  if (value === undefined || value === null || value === false) return;
  if (key === "on") {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (key === "style") {
    for (const [name, one] of Object.entries(value)) {
      if (one !== undefined && one !== "") node.style.setProperty(name, one);
    }
  } else if (key === "class") {
    node.className = value;
  } else if (key in node && typeof value !== "string") {
    node[key] = value;
  } else {
    node.setAttribute(key, value === true ? "" : value);
  }
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(name, props = {}, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(props)) node.setAttribute(key, value);
  append(node, children);
  return node;
}

const signs = new WeakMap();

/**
 * Gives `node` new children, but only when `sign` is another one than last time: a press that begins on a child and ends
 * on its replacement is no click.
 */
export function redraw(node, sign, children) {
  if (signs.get(node) === sign) return;
  signs.set(node, sign);
  node.replaceChildren();
  append(node, [children()]);
}

let numbers = 0;

/** An id for aria references, unique on the page. */
export const freshId = (prefix) => `${prefix}-${++numbers}`;

export const isField = (node) => node?.matches?.("input, textarea, select, [contenteditable]") ?? false;

const FOCUSABLE = "button:not(:disabled), input:not(:disabled), textarea:not(:disabled), a[href], summary";

export const focusable = (root) => [...root.querySelectorAll(FOCUSABLE)].filter((node) => node.offsetParent !== null);

/** Keeps Tab inside `root`; `close` is what Escape does. */
export function trap(root, close) {
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Tab") {
      const stops = focusable(root);
      const at = stops.indexOf(document.activeElement);
      const last = event.shiftKey ? 0 : stops.length - 1;
      if (stops.length && (at === last || at < 0)) {
        event.preventDefault();
        stops[event.shiftKey ? stops.length - 1 : 0].focus();
      }
    }
  });
}
