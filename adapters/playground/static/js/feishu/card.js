// Card JSON 2.0, drawn strictly from the payload. What the real client would refuse is a red-outlined box with its code.

import { append, h } from "../dom.js";
import { drawElements, walk } from "./elements.js";
import { drawIcon, gapOf, refusal, textOf } from "./parts.js";

const TEMPLATES = new Set(
  "blue wathet turquoise green yellow orange red carmine violet purple indigo grey default".split(" "),
);

export function drawCard(message, seat) {
  const { content } = message;
  const root = h("div", { class: `card fcard ${content.config?.width_mode ?? "default"}` });
  const context = { seat, message, root, labels: labels(content) };
  if (content.header) root.append(head(content.header));
  const body = h("div", { class: "body", style: { gap: gapOf(content.body?.vertical_spacing), padding: content.body?.padding } });
  if (content.body?.direction === "horizontal") body.classList.add("horizontal");
  root.append(append(body, drawElements(content.body?.elements ?? [], context)));
  return root;
}

function head(header) {
  const template = header.template ?? "default";
  if (!TEMPLATES.has(template)) return refusal(200621, `header.template: ${template}`);
  const tags = (header.text_tag_list ?? []).map((tag) =>
    h("span", { class: tag.color && tag.color !== header.template ? `tag tone-${tag.color}` : "tag" }, tag.text.content),
  );
  return h(
    "div",
    { class: `head tone-${template}`, style: { padding: header.padding } },
    header.icon && drawIcon(header.icon),
    h(
      "div",
      {},
      h("div", {}, h("h3", {}, textOf(header.title)), tags),
      header.subtitle && h("p", {}, textOf(header.subtitle)),
    ),
  );
}

/** Everything a finger can look for by its words, in reading order, as the emulator counts it. */
function labels(content) {
  const found = [];
  walk(content.body?.elements, null, (component, form) => {
    if (component.tag === "button") found.push({ words: component.text?.content ?? "", component });
    if ((component.tag === "select_static" || component.tag === "overflow") && !form) {
      for (const option of component.options) found.push({ words: option.text?.content ?? "", component });
    }
  });
  return found;
}
