// The components of a card's body: which routine draws which tag.

import { append, h } from "../dom.js";
import { icon } from "../icons.js";
import { drawButton } from "./buttons.js";
import { drawChart } from "./chart.js";
import { drawChecker, drawDate, drawInput, drawMoment } from "./fields.js";
import { drawForm } from "./form.js";
import { drawMarkdown } from "./markdown.js";
import { media } from "../media.js";
import { drawIcon, drawText, gapOf, marginOf, refusal, sizeClass } from "./parts.js";
import { drawOverflow, drawSelect } from "./select.js";
import { drawTable } from "./table.js";
import { face } from "./people.js";

const ROUTINES = {
  markdown: (component) => {
    const node = h("div", { class: `md ${sizeClass(component.text_size)}`, style: { "text-align": component.text_align } });
    return beside(component, append(node, drawMarkdown(component.content)));
  },
  div: (component) => beside(component, [component.text && drawText(component.text), fields(component)]),
  hr: () => h("hr"),
  img: image,
  img_combination: (component, context) =>
    h("div", { class: "columns flow" }, component.img_list.map((one) => image({ ...one, size: "medium" }, context))),
  person: (component) => face(component.user_id, component),
  person_list: (component) => h("div", { class: "columns flow" }, component.persons.map(({ id }) => face(id, component))),
  table: drawTable,
  chart: drawChart,
  column_set: columns,
  collapsible_panel: fold,
  interactive_container: container,
  form: drawForm,
  button: drawButton,
  input: drawInput,
  select_static: drawSelect,
  multi_select_static: drawSelect,
  select_person: drawSelect,
  multi_select_person: drawSelect,
  date_picker: drawDate,
  picker_time: drawMoment,
  picker_datetime: drawMoment,
  overflow: drawOverflow,
  checker: drawChecker,
};

export function drawElements(elements, context) {
  return elements.map((component) => {
    const routine = ROUTINES[component?.tag];
    if (!routine) return refusal(200861, `not support tag: ${component?.tag}`);
    const node = routine(component, context);
    if (component.margin && node instanceof Element) node.style.setProperty("margin", component.margin);
    return node;
  });
}

/** Every component in reading order with the form it stands in, as the emulator walks them. */
export function walk(elements, form, visit) {
  for (const component of Array.isArray(elements) ? elements : []) {
    visit(component, form);
    const inside = component.tag === "form" ? component : form;
    walk(component.elements, inside, visit);
    if (component.tag === "column_set") walk(component.columns, inside, visit);
  }
}

function beside(component, drawn) {
  if (!component.icon) return append(h("div", { class: "in-text", style: marginOf(component) }), [drawn]);
  return h("div", { class: "with-icon in-text" }, drawIcon(component.icon), h("div", {}, drawn));
}

function fields(component) {
  if (!component.fields) return null;
  return h("div", { class: "columns bisect" }, component.fields.map((one) => drawText(one.text)));
}

function columns(component, context) {
  const mode = component.flex_mode ?? "none";
  const drawn = component.columns.map((column) => {
    if (column.tag !== "column") return refusal(200861, `not support tag: ${column.tag}`);
    return oneColumn(column, mode, context);
  });
  const grey = component.background_style === "grey" ? " grey-back" : "";
  return h("div", { class: `columns ${mode}${grey}`, style: { gap: gapOf(component.horizontal_spacing) } }, drawn);
}

function oneColumn(column, mode, context) {
  const grid = mode === "bisect" || mode === "trisect";
  const weighted = column.width === "weighted" || column.width === undefined;
  const fixed = /px$/.test(column.width ?? "") ? column.width : undefined;
  const node = h("div", {
    class: column.background_style === "grey" ? "column grey-back" : "column",
    style: {
      flex: grid ? undefined : weighted && mode !== "flow" ? `${column.weight ?? 1} 1 0` : "0 1 auto",
      width: grid ? undefined : fixed,
      padding: column.padding,
      gap: gapOf(column.vertical_spacing),
      "justify-content": { center: "center", bottom: "flex-end" }[column.vertical_align],
      "align-items": { center: "center", right: "flex-end" }[column.horizontal_align],
    },
  });
  return append(node, drawElements(column.elements ?? [], context));
}

function fold(component, context) {
  const { title, icon: drawn } = component.header;
  const body = title.tag === "plain_text" ? title.content : drawMarkdown(title.content);
  return h(
    "details",
    { class: component.border ? "fold bordered" : "fold", open: component.expanded === true },
    h("summary", {}, append(h("div", { class: "md" }), [body]), drawn ? drawIcon(drawn) : icon("down")),
    append(h("div", { class: "container", style: { padding: component.padding } }), drawElements(component.elements, context)),
  );
}

function container(component, context) {
  const grey = component.background_style === "grey" ? " grey-back" : "";
  const node = h("div", { class: `container${grey}`, style: { padding: component.padding, gap: gapOf(component.vertical_spacing) } });
  if (component.has_border) node.classList.add("fold", "bordered");
  return append(node, drawElements(component.elements, context));
}

const WIDTHS = { large: "160px", medium: "80px", small: "40px", tiny: "16px", stretch: "100%" };

function image(component, context) {
  const [width, height] = (component.size ?? "").split(" ");
  return h("img", {
    class: "picture",
    src: media(context.message.seat, component.img_key),
    alt: component.alt?.content ?? "",
    style: {
      width: WIDTHS[width] ?? width ?? "100%",
      height,
      "border-radius": component.corner_radius,
      "object-fit": component.scale_type ? "cover" : undefined,
    },
  });
}

