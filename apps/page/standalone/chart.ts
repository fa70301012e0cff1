import type { Measurement } from "@sebench/results/measurement";

const namespace = "http://www.w3.org/2000/svg";

/** The height of the drawing, and the places of its rows, in pixels. */
const height = 120;
const rows = { replicas: 34, all: 66, axis: 92, labels: 112 };

/** Room at both sides, in percent of the width. */
const margin = 6;

/**
 * Draws the overhead of each replica, and of all with its interval, above an axis in percent. Places
 * are in percent of the width, so that text keeps its size on a phone.
 */
export function overheadChart(
  { overhead }: Pick<Measurement, "overhead">,
  { title, percent }: { readonly title: string; readonly percent: (ratio: number) => string },
): SVGSVGElement {
  const { ratio, interval, replicas } = overhead;
  const values = [...replicas, ...interval, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const length = Math.max(high - low, 0.001);
  const at = (value: number) =>
    `${(margin + ((100 - 2 * margin) * (value - low)) / length).toFixed(2)}%`;
  const line = (from: number, to: number, y: number, name: string) =>
    shape("line", { x1: at(from), x2: at(to), y1: y, y2: y, class: name });
  const svg = shape("svg", { class: "chart", height, width: "100%", role: "img" });
  svg.setAttribute("aria-label", title);
  svg.append(
    line(low, high, rows.axis, "axis"),
    shape("line", { x1: at(1), x2: at(1), y1: 14, y2: rows.axis, class: "zero" }),
    ...replicas.map((value) =>
      shape("circle", { cx: at(value), cy: rows.replicas, r: 5, class: "replica" }),
    ),
    line(interval[0], interval[1], rows.all, "interval"),
    diamond(at(ratio)),
    ...ticks(low, high).flatMap((tick) => [
      shape("line", {
        x1: at(tick),
        x2: at(tick),
        y1: rows.axis,
        y2: rows.axis + 5,
        class: "axis",
      }),
      text(at(tick), percent(tick)),
    ]),
  );
  return svg as SVGSVGElement;
}

/** The round ratios within the axis, at most five. */
function ticks(low: number, high: number): number[] {
  const power = 10 ** Math.floor(Math.log10(Math.max(high - low, 0.001) / 3));
  const step = power * ([1, 2, 5, 10].find((factor) => (high - low) / (factor * power) <= 4) ?? 10);
  const [first, last] = [Math.ceil((low - 1) / step), Math.floor((high - 1) / step)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => 1 + (first + at) * step);
}

function diamond(x: string): Element {
  const group = shape("svg", { x, y: rows.all, overflow: "visible" });
  group.append(shape("path", { d: "M0 -8 L7 0 L0 8 L-7 0 Z", class: "ratio" }));
  return group;
}

function text(x: string, content: string): Element {
  const element = shape("text", { x, y: rows.labels, "text-anchor": "middle" });
  element.textContent = content;
  return element;
}

function shape(name: string, attributes: Readonly<Record<string, string | number>>): Element {
  const element = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
