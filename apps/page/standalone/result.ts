import { faultOf } from "@sebench/results/judge-measurement";
import { deviceKinds, type Measurement, measurementBlock } from "@sebench/results/measurement";
import { oneLine } from "@sebench/spec";
import type { Teller } from "./tell.ts";

/** The address of the project's new issues, which a build may be given, or an empty text. */
declare const SEBENCH_ISSUES: string;

/** What a program that drives the page reads when the page is done. */
interface StandaloneWindow {
  sebenchResult?:
    | { readonly ok: true; readonly measurement: Measurement }
    | { readonly ok: false; readonly reason: string };
}

export const outcome = globalThis as unknown as StandaloneWindow;

export function element<Kind extends HTMLElement = HTMLElement>(id: string): Kind {
  return document.getElementById(id) as Kind;
}

export function show(id: string, shown = true): void {
  element(id).hidden = !shown;
}

/** Shows what a measurement came to, and lets the person copy it. */
export function tellResult(made: Measurement, teller: Teller): void {
  element("sentence").textContent = teller.sentence(made);
  const title = teller.say("axis", { plain: made.subject.plain });
  element("chart").append(
    overheadChart(made, { title, percent: (ratio) => teller.percent(ratio) }),
  );
  element("facts").append(
    ...teller.facts(made).map((fact) => {
      const item = document.createElement("li");
      item.textContent = fact;
      return item;
    }),
  );
  const fault = faultOf(made, Date.now());
  if (fault !== null) {
    element("unbelieved").textContent = teller.say("unbelieved", { fault });
    show("unbelieved");
  }
  const kind = element<HTMLSelectElement>("device-kind");
  kind.append(...deviceKinds.map((each) => new Option(teller.say(each), each)));
  kind.value = made.device.kind;
  const named = () => withDevice(made);
  const write = () => {
    element<HTMLTextAreaElement>("report").value = measurementBlock(named());
    outcome.sebenchResult = { ok: true, measurement: named() };
  };
  for (const id of ["device-name", "device-kind"]) element(id).addEventListener("input", write);
  element("copy").addEventListener("click", () => void copy(measurementBlock(named()), teller));
  if (SEBENCH_ISSUES !== "") {
    element<HTMLAnchorElement>("issue").href = SEBENCH_ISSUES;
    show("issue");
  }
  show("result");
  write();
}

/** The measurement with what the person says of the device. */
function withDevice(made: Measurement): Measurement {
  const typed = oneLine(element<HTMLInputElement>("device-name").value);
  const kind = element<HTMLSelectElement>("device-kind").value as Measurement["device"]["kind"];
  return { ...made, device: { ...made.device, kind, name: typed === "" ? null : typed } };
}

async function copy(block: string, teller: Teller): Promise<void> {
  const done = await navigator.clipboard?.writeText(block).then(
    () => true,
    () => false,
  );
  element("copied").textContent = teller.say(done ? "copied" : "copyByHand");
  if (done) return;
  const report = element<HTMLTextAreaElement>("report");
  report.closest("details")!.open = true;
  report.select();
}

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
function overheadChart(
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
  const drawn = shape("text", { x, y: rows.labels, "text-anchor": "middle" });
  drawn.textContent = content;
  return drawn;
}

function shape(name: string, attributes: Readonly<Record<string, string | number>>): Element {
  const drawn = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) drawn.setAttribute(key, String(value));
  return drawn;
}
