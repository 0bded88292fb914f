// Sentences for whoever listens instead of looking.

import { h } from "./dom.js";

const region = h("div", { class: "unseen", "aria-live": "polite", role: "status" });
document.body.append(region);

export function announce(words) {
  const said = h("p", {}, words);
  region.append(said);
  setTimeout(() => said.remove(), 4000);
}
