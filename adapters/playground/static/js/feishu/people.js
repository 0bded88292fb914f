// A person on a card: face and name.

import { h } from "../dom.js";
import { nameOf } from "../store.js";
import { avatar } from "../avatar.js";

export function face(id, { show_avatar: withAvatar = true, show_name: withName = true } = {}) {
  const name = nameOf(id) || id;
  return h("span", { class: "face" }, withAvatar && avatar(name, true), withName && name);
}
