import type { ExcitationBlock } from "@sebench/results";
import type { EChartsCoreOption } from "echarts/core";
import type { Html } from "../page/html.ts";
import { formatTick } from "../text/format.ts";
import { drawSvg } from "../page/svg-drawing.ts";
import { classColours } from "./class-colours.ts";
import { blockName, meanGate } from "./content.ts";

const width = 430;
const height = 230;
const grid = { left: 32, right: 8, top: 8, bottom: 34 };

/**
 * The number of channels that a panel draws, as in the paper; of more channels it draws this many
 * at even distances.
 */
export const mostChannels = 50;

/**
 * The range of each gate's values and the steps of its axis, or null where the values have no
 * upper end.
 */
const ranges: Readonly<
  Record<
    ExcitationBlock["gate"],
    { readonly low: number; readonly high: number | null; readonly step: number | null }
  >
> = {
  sigmoid: { low: 0, high: 1, step: 0.25 },
  tanh: { low: -1, high: 1, step: 0.5 },
  relu: { low: 0, high: null, step: null },
  "hard-sigmoid": { low: 0, high: 1, step: 0.25 },
};

/**
 * A block of the paper's figure 6 as a drawing: a line for each class over the channels, and the
 * mean of all images.
 */
export function gatePanel(block: ExcitationBlock, drawn: readonly number[], id: string): Html {
  const name = blockName(block);
  return drawSvg(optionOf(block, drawn), {
    id,
    className: "panel",
    title: `The gate of ${name}`,
    description: `Over all channels and images it is ${meanGate(block)}; the values of each channel and class stand in excitations.json.`,
    width,
    height,
  });
}

/** The channels that are drawn, in ascending order. */
export function drawnChannels(channels: number): number[] {
  const count = Math.min(channels, mostChannels);
  return Array.from({ length: count }, (_, index) => Math.floor((index * channels) / count));
}

function optionOf(block: ExcitationBlock, drawn: readonly number[]): EChartsCoreOption {
  const shapes = shapesOf(block, drawn);
  const { low, high, step } = ranges[block.gate];
  const font = { color: "var(--muted)", fontFamily: "system-ui, sans-serif", fontSize: 11 };
  const axis = { axisTick: { show: false }, axisLabel: { ...font, hideOverlap: true } };
  return {
    animation: false,
    grid,
    xAxis: {
      ...axis,
      type: "value",
      min: 0,
      max: Math.max(1, block.channels - 1),
      splitNumber: 4,
      name: "channel",
      nameLocation: "middle",
      nameGap: 19,
      nameTextStyle: font,
      axisLabel: { ...axis.axisLabel, formatter: formatTick, showMaxLabel: false },
      axisLine: { onZero: false, lineStyle: { color: "var(--rule)" } },
      splitLine: { show: false },
    },
    yAxis: {
      ...axis,
      type: "value",
      axisLine: { show: false },
      min: low,
      ...(high === null ? {} : { max: high }),
      ...(step === null ? { splitNumber: 4 } : { interval: step }),
      axisLabel: { ...axis.axisLabel, formatter: formatTick },
      splitLine: { lineStyle: { color: "var(--rule)" } },
    },
    series: [
      {
        type: "custom",
        silent: true,
        clip: false,
        encode: { x: 0, y: 1 },
        // The axis must reach every corner, so the first shape holds the data of all and
        // draws all.
        data: shapes.flatMap(({ points }) => points),
        renderItem: (
          { dataIndex }: { dataIndex: number },
          api: { coord: (at: Point) => number[] },
        ) => ({
          type: "group",
          children: dataIndex > 0 ? [] : shapes.map((shape) => elementOf(shape, api.coord)),
        }),
      },
    ],
  };
}

/** A point of a line: a channel and the gate's value. */
type Point = readonly [number, number];

interface Shape {
  readonly type: "polygon" | "polyline";
  readonly points: readonly Point[];
  readonly style: Readonly<Record<string, unknown>>;
}

function elementOf({ type, points, style }: Shape, place: (at: Point) => number[]): object {
  return { type, shape: { points: points.map((point) => place(point)) }, style };
}

/** The shapes of a panel from back to front: the band, the classes, the mean of all. */
function shapesOf(block: ExcitationBlock, drawn: readonly number[]): Shape[] {
  const at = drawnChannels(block.channels);
  const classes = drawn.flatMap((label) => block.classes.find((own) => own.label === label) ?? []);
  const line = (values: readonly number[], stroke: string, lineWidth: number): Shape => ({
    type: "polyline",
    points: at.map((channel) => [channel, values[channel]!] as const),
    style: { fill: "none", stroke, lineWidth },
  });
  const all = line(block.all.mean, "var(--ink)", 2);
  return [
    bandOf(block, at),
    ...classes.map(({ mean }, index) => line(mean, `var(--${classColours[index]!.name})`, 1.5)),
    { ...all, style: { ...all.style, lineDash: [4, 3] } },
  ];
}

/** The band of one standard deviation to both sides of the mean, within what the gate can give. */
function bandOf({ all, gate }: ExcitationBlock, at: readonly number[]): Shape {
  const { low, high } = ranges[gate];
  const edge = (side: 1 | -1) =>
    at.map((channel): Point => {
      const value = all.mean[channel]! + side * all.deviation[channel]!;
      return [channel, Math.min(high ?? Infinity, Math.max(low, value))];
    });
  return {
    type: "polygon",
    points: [...edge(1), ...edge(-1).toReversed()],
    style: { fill: "var(--band)", stroke: "none" },
  };
}
