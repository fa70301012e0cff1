import type { Interval } from "@sebench/results";
import { html, type Html } from "./html.ts";

/** A scale from values to places along a drawing. */
export interface Axis {
  readonly scale: "linear" | "log";
  readonly extent: Interval;
  /** The value at which a line stands for "no difference", or null for no such line. */
  readonly reference: number | null;
  readonly format: (value: number) => string;
}

/** The place of a value along the axis: 0 at its start, 1 at its end. */
export function shareOf(value: number, { scale, extent: [low, high] }: Axis): number {
  const along = (at: number) => (scale === "log" ? Math.log(at) : at);
  const length = along(high) - along(low);
  return length === 0 ? 0 : (along(value) - along(low)) / length;
}

/**
 * The round values within the axis, about three of them: multiples of 1, 2 or 5, or powers of ten.
 */
export function ticksOf({ scale, extent: [low, high] }: Axis): number[] {
  if (scale === "log") {
    const [first, last] = [Math.ceil(Math.log10(low)), Math.floor(Math.log10(high))];
    return Array.from(
      { length: Math.max(0, last - first + 1) },
      (_, index) => 10 ** (first + index),
    );
  }
  const length = high - low;
  if (length <= 0) return [low];
  const power = 10 ** Math.floor(Math.log10(length / 3));
  const step = power * ([1, 2, 5, 10].find((factor) => length / (factor * power) < 3) ?? 10);
  const [first, last] = [Math.ceil(low / step), Math.floor(high / step)];
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** A drawing on one axis, and the same in figures. */
export interface Track {
  readonly value: string;
  /** A thin line, such as an interval. */
  readonly line: Interval | null;
  /** A thick line, such as the middle half. */
  readonly bar: Interval | null;
  readonly marks: readonly { readonly at: number; readonly shape: "open" | "filled" }[];
}

/** The extent from the least to the greatest value that is drawn, and as far as the reference. */
export function extentOf(tracks: readonly Track[], reference: number | null): Interval {
  const values = tracks.flatMap(({ line, bar, marks }) => [
    ...marks.map(({ at }) => at),
    ...(line ?? []),
    ...(bar ?? []),
  ]);
  if (reference !== null) values.push(reference);
  return [Math.min(...values), Math.max(...values)];
}

interface TrackRow {
  readonly name: string;
  readonly notes: string;
  /** Whether the row stands out. */
  readonly strong: boolean;
  /** The class by which a page hides the row; none by default. */
  readonly className?: string;
  /** The tracks of the row, one for each axis. */
  readonly tracks: readonly Track[];
}

/** A chart of rows that have a drawing and figures on each of several axes. */
export interface TrackChart {
  /** The name of the chart, for screen readers; its place on the page says the same. */
  readonly caption: string;
  /** The title of the first column, which says what the rows are. */
  readonly first: string;
  readonly axes: readonly (Axis & { readonly title: string })[];
  readonly rows: readonly TrackRow[];
}

/**
 * A chart that is a table: text stays text, in the reader's font and size, and the
 * drawings beside it stretch, so that one markup serves phones and wide screens. The
 * drawings are hidden from screen readers, which have the figures.
 */
export function trackChart({ caption, first, axes, rows }: TrackChart): Html {
  return html`<table class="tracks" role="table" style="--axes: ${axes.length}">
    <caption>
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">${first}</th>
        ${axes.map(({ title }) => html`<th role="columnheader" scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map((row) => trackRow(row, axes))}
    </tbody>
    <tfoot aria-hidden="true">
      <tr>
        <td></td>
        ${axes.map((axis) => html`<td>${axisDrawing(axis)}<span class="figure"></span></td>`)}
      </tr>
    </tfoot>
  </table> `;
}

function trackRow(row: TrackRow, axes: readonly Axis[]): Html {
  const { name, notes, strong, tracks, className = "" } = row;
  const classes = [strong ? "strong" : "", className].filter((each) => each !== "").join(" ");
  return html`<tr role="row" class="${classes}">
    <th role="rowheader" scope="row">${name} <span class="muted">${notes}</span></th>
    ${tracks.map(
      (track, index) =>
        html`<td role="cell">
          ${trackDrawing(track, axes[index]!)}<span class="figure">${track.value}</span>
        </td>`,
    )}
  </tr> `;
}

/** The drawing of a track. Its places are in percent, so that it takes whatever width there is. */
function trackDrawing({ line, bar, marks }: Track, axis: Axis): Html {
  const at = (value: number) => `${(100 * shareOf(value, axis)).toFixed(2)}%`;
  const grid = ticksOf(axis).map(
    (tick) => html`<line class="grid" x1="${at(tick)}" x2="${at(tick)}" y1="0" y2="100%" />`,
  );
  const zero =
    axis.reference === null
      ? null
      : html`<line
          class="zero"
          x1="${at(axis.reference)}"
          x2="${at(axis.reference)}"
          y1="0"
          y2="100%"
        />`;
  const across = (interval: Interval | null, name: string) =>
    interval &&
    html`<line
      class="${name}"
      x1="${at(interval[0])}"
      x2="${at(interval[1])}"
      y1="50%"
      y2="50%"
    />`;
  return html`<svg class="track" aria-hidden="true">
    ${grid}${zero}${across(line, "span")}${across(bar, "bar")}${marks.map((mark) => html`<circle class="${mark.shape}" cx="${at(mark.at)}" cy="50%" r="4.5" />`)}
  </svg>`;
}

function axisDrawing(axis: Axis): Html {
  const labels = ticksOf(axis).map(
    (tick) =>
      html`<text x="${(100 * shareOf(tick, axis)).toFixed(2)}%" y="12">${axis.format(tick)}</text>`,
  );
  return html`<svg class="ticks" aria-hidden="true">${labels}</svg>`;
}
