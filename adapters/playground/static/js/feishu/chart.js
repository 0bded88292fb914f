// Charts, small and plain: bars, lines, pies and a progress line. Other types are a grey box with their name.

import { h, svg } from "../dom.js";

const WIDTH = 320;
const HEIGHT = 150;
const FOOT = 20;
const COLOURS = 6;

export function drawChart(component) {
  const { chart_spec: spec } = component;
  const routine = { bar, line, pie, linearProgress: progress }[spec.type];
  const title = spec.title?.text;
  return h(
    "figure",
    { class: "chart", style: { margin: "0" } },
    title && h("figcaption", {}, title),
    routine ? routine(spec) : h("div", { class: "unknown" }, spec.type ?? "chart"),
  );
}

const valuesOf = (spec) => [spec.data].flat()[0]?.values ?? [];
const canvas = (...drawn) => svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" }, ...drawn);
const words = (x, y, text, anchor = "middle") => svg("text", { x, y, "text-anchor": anchor }, String(text));

/** Groups by the first field of the x axis, series by the series' field. */
function sorted(spec) {
  const [x] = [spec.xField].flat();
  const values = valuesOf(spec);
  const groups = [...new Set(values.map((one) => one[x]))];
  const series = spec.seriesField ? [...new Set(values.map((one) => one[spec.seriesField]))] : [null];
  const at = (group, one) =>
    values.filter((value) => value[x] === group && (one === null || value[spec.seriesField] === one)).reduce((sum, value) => sum + Number(value[spec.yField] ?? 0), 0);
  const most = Math.max(1, ...groups.flatMap((group) => series.map((one) => at(group, one))));
  return { groups, series, at, most };
}

function bar(spec) {
  const { groups, series, at, most } = sorted(spec);
  const step = WIDTH / Math.max(1, groups.length);
  const width = Math.min(32, (step * 0.7) / series.length);
  const drawn = groups.flatMap((group, place) => {
    const middle = step * (place + 0.5);
    const bars = series.map((one, index) => {
      const height = ((HEIGHT - FOOT - 16) * at(group, one)) / most;
      const x = middle + (index - series.length / 2) * width + 1;
      return svg("rect", { class: `s${index % COLOURS}`, "stroke-width": 0, x, y: HEIGHT - FOOT - height, width: width - 2, height, rx: 2 });
    });
    return [...bars, words(middle, HEIGHT - 5, group)];
  });
  return canvas(...drawn);
}

function line(spec) {
  const { groups, series, at, most } = sorted(spec);
  const x = (place) => 16 + ((WIDTH - 32) * place) / Math.max(1, groups.length - 1);
  const y = (value) => HEIGHT - FOOT - ((HEIGHT - FOOT - 16) * value) / most;
  const lines = series.map((one, index) =>
    svg("polyline", { class: `s${index % COLOURS} line-of`, "stroke-width": 2, points: groups.map((group, place) => `${x(place)},${y(at(group, one))}`).join(" ") }),
  );
  return canvas(...lines, ...groups.map((group, place) => words(x(place), HEIGHT - 5, group)));
}

function pie(spec) {
  const values = valuesOf(spec);
  const total = values.reduce((sum, one) => sum + Number(one[spec.valueField] ?? 0), 0) || 1;
  const around = 2 * Math.PI * 30;
  let passed = 0;
  const slices = values.map((one, index) => {
    const part = (around * Number(one[spec.valueField] ?? 0)) / total;
    const slice = svg("circle", { class: `s${index % COLOURS} slice`, cx: 75, cy: 75, r: 30, "stroke-width": 60, "stroke-dasharray": `${part} ${around}`, "stroke-dashoffset": -passed, transform: "rotate(-90 75 75)" });
    passed += part;
    return slice;
  });
  const names = values.flatMap((one, index) => [
    svg("rect", { class: `s${index % COLOURS}`, x: 160, y: 20 + index * 20, width: 10, height: 10, rx: 2 }),
    words(176, 29 + index * 20, `${one[spec.categoryField]} ${one[spec.valueField]}`, "start"),
  ]);
  return canvas(...slices, ...names);
}

function progress(spec) {
  const value = Number(valuesOf(spec)[0]?.[spec.xField] ?? 0);
  const percent = Math.round(100 * Math.max(0, Math.min(1, value)));
  return h("div", { class: "progress", role: "progressbar", "aria-valuenow": String(percent) }, h("i", { style: { width: `${percent}%` } }));
}
