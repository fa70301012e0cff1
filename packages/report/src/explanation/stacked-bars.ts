import type { Interval } from "@sebench/results";
import { html, type Html } from "../page/html.ts";
import { formatTick } from "../text/format.ts";
import type { ShareKind } from "./share.ts";

export interface Segment {
  readonly kind: ShareKind;
  /** The length in milliseconds; a segment below 0 lies left of the line at 0. */
  readonly ms: number;
}

export interface StackedBar {
  readonly label: string;
  /** The figures of the bar, for those who read rather than look. */
  readonly value: string;
  readonly segments: readonly Segment[];
  /** The interval of the whole bar, which is a line beneath it. */
  readonly interval: Interval | null;
}

/** The letters of the shares in the segments and in the legend; M is the multiplication. */
const shareLetters: Readonly<Record<ShareKind, string>> = {
  squeeze: "S",
  excite: "E",
  scale: "M",
  fusions: "F",
  layout: "L",
  copies: "C",
  trunk: "T",
  other: "O",
  around: "A",
  unexplained: "?",
};

const rowHeight = 58;
const barHeight = 22;
const axisHeight = 22;
const margin = 14;
/** The width that a letter needs, in pixels. */
const letterWidth = 14;

/** Bars of signed segments on one scale, drawn twice: for a phone and for a wide screen. */
export function stackedBars(
  bars: readonly StackedBar[],
  about: { readonly id: string; readonly title: string; readonly description: string },
): Html {
  const drawings = (["wide", "narrow"] as const).map((name) => drawing(bars, about, name));
  return html`<figure>${drawings}</figure> `;
}

const widths = { wide: 860, narrow: 328 } as const;

function drawing(
  bars: readonly StackedBar[],
  { id, title, description }: { id: string; title: string; description: string },
  name: keyof typeof widths,
): Html {
  const width = widths[name];
  const height = bars.length * rowHeight + axisHeight;
  const ticks = ticksFor(bars, name === "wide" ? 8 : 4);
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const place = (ms: number) => round(margin + ((ms - low) / (high - low)) * (width - 2 * margin));
  return html`<svg
    class="${name}"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-labelledby="${id}-${name}-title"
    aria-describedby="${id}-${name}-description"
  >
    <title id="${id}-${name}-title">${title}</title>
    <desc id="${id}-${name}-description">${description}</desc>
    ${ticks.map((tick) => tickAt(tick, place(tick), height))}
    ${bars.map((bar, index) => barAt(bar, index * rowHeight, place))}
  </svg> `;
}

function tickAt(tick: number, x: number, height: number): Html {
  const stroke = tick === 0 ? "var(--ink)" : "var(--rule)";
  return html`<path d="M${x} 0V${height - axisHeight}" stroke="${stroke}" />
    <text x="${x}" y="${height - 6}" font-size="12" fill="var(--muted)" text-anchor="middle">
      ${formatTick(tick)}
    </text> `;
}

function barAt(
  { label, value, segments, interval }: StackedBar,
  top: number,
  place: (ms: number) => number,
): Html {
  const y = top + 22;
  // The rim keeps the text readable where a grid line passes behind it.
  const rim = html`paint-order="stroke" stroke="var(--paper)" stroke-width="4"`;
  return html`<text x="${margin}" y="${top + 15}" font-size="13" fill="var(--ink)" ${rim}>
      ${label} <tspan font-weight="600">${value}</tspan>
    </text>
    ${stacked(segments).map((segment) => segmentAt(segment, y, place))}
    ${
      interval &&
      html`<path
        d="M${place(interval[0])} ${y + barHeight + 5}H${place(interval[1])}"
        stroke="var(--ink)"
        stroke-width="2"
      />`
    } `;
}

interface PlacedSegment {
  readonly kind: ShareKind;
  readonly from: number;
  readonly to: number;
}

/** The segments with their places: what adds goes on to the right of 0, what saves to the left. */
function stacked(segments: readonly Segment[]): PlacedSegment[] {
  const ends = { adding: 0, saving: 0 };
  return segments.map(({ kind, ms }) => {
    const side = ms < 0 ? "saving" : "adding";
    const from = ends[side];
    ends[side] += ms;
    return { kind, from: Math.min(from, ends[side]), to: Math.max(from, ends[side]) };
  });
}

function segmentAt(
  { kind, from, to }: PlacedSegment,
  y: number,
  place: (ms: number) => number,
): Html {
  const x = place(from);
  const width = round(place(to) - x);
  return html`<rect x="${x}" y="${y}" width="${width}" height="${barHeight}" ${paintOf(kind)} />
    ${width < letterWidth ? null : letterAt(kind, x + width / 2, y + 15)}`;
}

/** The paint of a share; what is unexplained is an empty box. */
export function paintOf(kind: ShareKind): Html {
  return kind === "unexplained"
    ? html`fill="none" stroke="var(--ink)" stroke-dasharray="3 2"`
    : html`fill="var(--${kind})" stroke="var(--paper)"`;
}

export function letterAt(kind: ShareKind, x: number, y: number): Html {
  const fill = kind === "unexplained" ? "var(--ink)" : "var(--paper)";
  return html`<text
    x="${round(x)}"
    y="${y}"
    font-size="12"
    font-weight="600"
    fill="${fill}"
    text-anchor="middle"
  >
    ${shareLetters[kind]}
  </text>`;
}

/**
 * The ticks, at most this many: round numbers from below the least end of a bar to above the
 * greatest.
 */
function ticksFor(bars: readonly StackedBar[], most: number): number[] {
  const ends = bars.flatMap(({ segments, interval }) => [
    0,
    ...(interval ?? []),
    ...stacked(segments).flatMap(({ from, to }) => [from, to]),
  ]);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const step = roundStep((high - low) / most);
  const [first, last] = [Math.floor(low / step), Math.ceil(high / step)];
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
}

/** The next greater number that is 1, 2 or 5 times a power of ten. */
function roundStep(least: number): number {
  if (least <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5].find((factor) => factor * power >= least) ?? 10);
}

function round(pixels: number): number {
  return Math.round(10 * pixels) / 10;
}
