import type { Interval } from "@sebench/results";

/** Where a chart's parts stand, in pixels. */
export interface RowLayout {
  readonly width: number;
  readonly fontSize: number;
  /** About how many steps the axis has. */
  readonly ticks: number;
  readonly grid: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
  readonly rowHeight: number;
  /** Heights are from the top of the row. */
  readonly label: { readonly x: number; readonly y: number; readonly width: number };
  readonly value: { readonly x: number; readonly y: number; readonly align: "left" | "right" };
  readonly marksY: number;
}

/** Labels stand left of the marks where there is room, and above them on a phone. */
export const rowLayouts = {
  wide: {
    width: 860,
    fontSize: 13,
    ticks: 4,
    grid: { left: 350, right: 170, top: 2, bottom: 28 },
    rowHeight: 28,
    label: { x: 0, y: 14, width: 340 },
    value: { x: 860, y: 14, align: "right" },
    marksY: 14,
  },
  narrow: {
    width: 328,
    fontSize: 12,
    ticks: 3,
    grid: { left: 8, right: 14, top: 2, bottom: 28 },
    rowHeight: 58,
    label: { x: 0, y: 10, width: 328 },
    value: { x: 0, y: 27, align: "left" },
    marksY: 45,
  },
} as const satisfies Record<string, RowLayout>;

/** Of a chart with so many rows. */
export function chartHeight(rows: number, { grid, rowHeight }: RowLayout): number {
  return grid.top + rows * rowHeight + grid.bottom;
}

/** One row: a label, marks along the axis, and the same in figures. */
export interface ChartRow {
  readonly label: string;
  /** In figures, for those who read rather than look. */
  readonly value: string;
  /** A thin line, such as an interval. */
  readonly line: Interval | null;
  /** A thick line, such as the middle half. */
  readonly bar: Interval | null;
  readonly marks: readonly { readonly at: number; readonly shape: "open" | "filled" }[];
}

/** Elements of a custom series, as echarts takes them. */
interface Drawing {
  readonly type: "group";
  readonly children: readonly object[];
}

interface Canvas {
  readonly layout: RowLayout;
  readonly reference: number | null;
  /** From a value to pixels. */
  readonly place: (value: number) => number;
}

/** Draws the row of an index: its label, its figures and its marks. */
export function drawRow(row: ChartRow, index: number, canvas: Canvas): Drawing {
  const { layout } = canvas;
  const { label, value, marksY } = layout;
  const top = layout.grid.top + index * layout.rowHeight;
  return {
    type: "group",
    children: [
      ...referenceOf(top, canvas),
      text(row.label, { ...label, y: top + label.y, align: "left", weight: 400 }, layout),
      text(row.value, { ...value, y: top + value.y, weight: 600 }, layout),
      ...marksOf(row, top + marksY, canvas),
    ],
  };
}

/** Runs beside the marks, and not through text above them. */
function referenceOf(top: number, { layout, reference, place }: Canvas): object[] {
  if (reference === null) return [];
  const x = place(reference);
  const above = layout.rowHeight - layout.marksY;
  return [line([x, x], [top + layout.marksY - above, top + layout.rowHeight], 1.5, "var(--ink)")];
}

function marksOf(row: ChartRow, y: number, { place }: Canvas): object[] {
  const across = (interval: Interval | null, width: number) =>
    interval ? [line([place(interval[0]), place(interval[1])], [y, y], width, "var(--plain)")] : [];
  return [
    ...across(row.line, 2),
    ...across(row.bar, 9),
    ...row.marks.map(({ at, shape }) => mark(place(at), y, shape)),
  ];
}

function line(x: Interval, y: Interval, width: number, stroke: string): object {
  return {
    type: "line",
    shape: { x1: x[0], y1: y[0], x2: x[1], y2: y[1] },
    style: { stroke, lineWidth: width, fill: "none" },
  };
}

/** Open and filled differ in shape, not in colour alone. */
function mark(x: number, y: number, shape: "open" | "filled"): object {
  const style =
    shape === "filled"
      ? { fill: "var(--se)", stroke: "var(--paper)", lineWidth: 1 }
      : { fill: "var(--paper)", stroke: "var(--plain)", lineWidth: 2 };
  return { type: "circle", shape: { cx: x, cy: y, r: 4 }, style };
}

interface TextPlace {
  readonly x: number;
  readonly y: number;
  /** Longer text is cut, with an ellipsis. */
  readonly width?: number;
  readonly align: "left" | "right";
  readonly weight: 400 | 600;
}

function text(content: string, place: TextPlace, { fontSize }: RowLayout): object {
  const { x, y, width, align, weight } = place;
  return {
    type: "text",
    x,
    y,
    style: {
      text: content,
      fill: "var(--ink)",
      // A rim, for where a grid line passes behind.
      stroke: "var(--paper)",
      lineWidth: 4,
      font: `${weight} ${fontSize}px system-ui, sans-serif`,
      align,
      verticalAlign: "middle",
      ...(width === undefined ? {} : { width, overflow: "truncate" }),
    },
  };
}
