// Line drawings, 16 px, stroke 1.6.

import { svg } from "./dom.js";

const PATHS = {
  clock: "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5M8 4.75V8l2.25 1.5",
  down: "M4 6.25l4 4 4-4",
  up: "M4 9.75l4-4 4 4",
  right: "M6.25 4l4 4-4 4",
  left: "M9.75 4l-4 4 4 4",
  plus: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  again: "M3 8a5 5 0 1 0 1.6-3.7M3 2.75v3h3",
  skip: "M3 3.5v9L9.5 8zM12.75 3.5v9",
  stop: "M4.5 4.5h7v7h-7z",
  find: "M7 2.75a4.25 4.25 0 1 0 0 8.5a4.25 4.25 0 0 0 0-8.5M10.25 10.25L13.25 13.25",
  fresh: "M2.75 7A5.25 5.25 0 0 1 12.5 5M13.25 9A5.25 5.25 0 0 1 3.5 11M12.75 2.25V5h-2.75M3.25 13.75V11H6",
  send: "M2.5 8L13.5 2.75 10.25 13.25 7.5 8.75z",
  tick: "M3.25 8.25l3 3 6.5-6.5",
  done: "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5M5.25 8.25L7.25 10.25 10.75 6.25",
  info: "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5M8 7.25V11M8 4.75v.25",
  alert: "M8 2.25L14.25 13.25H1.75zM8 6.25v3.25M8 11.25v.1",
  wrong: "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5M5.75 5.75l4.5 4.5M10.25 5.75l-4.5 4.5",
  calendar: "M2.75 3.75h10.5v9.5H2.75zM2.75 6.75h10.5M5.5 2.25v2.5M10.5 2.25v2.5",
  more: "M3.25 8a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0M7.5 8a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0M11.75 8a.5.5 0 1 0 1 0a.5.5 0 1 0-1 0",
  file: "M4 1.75h5l3 3v9.5H4zM9 1.75v3h3",
  picture: "M2.25 3.25h11.5v9.5H2.25zM2.75 11.5L6 8l2.5 2.5L10.5 8.5l3 3",
  voice: "M6 3.5a2 2 0 0 1 4 0v4a2 2 0 0 1-4 0zM3.5 7.5a4.5 4.5 0 0 0 9 0M8 12v2.25",
  smile: "M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5M5.5 9.5c1 1.75 4 1.75 5 0M6 6v.5M10 6v.5",
  swap: "M2.75 5.5h9M9.5 3l2.5 2.5L9.5 8M13.25 10.5h-9M6.5 8L4 10.5 6.5 13",
  list: "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01",
  chat: "M2.5 3h11v8H7l-3 2.5V11H2.5z",
};

export function icon(name, label = "") {
  const drawn = svg("svg", { class: "icon", viewBox: "0 0 16 16" }, svg("path", { d: PATHS[name] ?? PATHS.chat }));
  if (label) {
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", label);
  } else {
    drawn.setAttribute("aria-hidden", "true");
  }
  return drawn;
}
