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
