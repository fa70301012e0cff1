import { oneLine } from "@sebench/spec";
import { formatDifference, formatImages } from "../text/format.ts";
import { type TerminalOptions, textRow, textTable, wrapText } from "../text/text-table.ts";

/** The orders in which engines add a map up. */
type Order = "sequential" | "pairwise" | "by rows";

/** What comes of a mean whose partial sums are halves. */
interface OrderedMean {
  /** The largest error of a mean over the largest mean, or null where one is not finite. */
  readonly error: number | null;
  readonly verdict: "right" | "inexact" | "overflows";
}

/** One mean over maps: the squeeze of a block, or the pool of the head. */
export interface HalfBlock {
  readonly node: string;
  readonly role: string;
  readonly stage: number | null;
  readonly block: number | null;
  /** The values that one mean is taken of. */
  readonly pixels: number;
  readonly largestValue: number;
  readonly largestMean: number;
  /** The largest magnitude that a sum reaches on its way. */
  readonly largestSum: number;
  /** How many times the values may grow until the largest sum is 65,504, or null where all are 0. */
  readonly margin: number | null;
  readonly orders: Readonly<Record<Order, OrderedMean>>;
}

/** The logits of a network in halves, beside the float64 oracle's. */
export interface HalfLogits {
  /** How means are taken. */
  readonly mean: "one rounding" | Order;
  readonly relative: number | null;
  readonly top1Agreement: number;
  readonly pass: boolean;
  /** The first node whose values are not all finite on some image, or null. */
  readonly firstNotFinite: string | null;
}

/** What fp16 makes of a network's means on some images. */
export interface HalfSafety {
  readonly images: number;
  /** The relative error from which a mean counts as inexact, and logits as wrong. */
  readonly tolerance: number;
  readonly blocks: readonly HalfBlock[];
  /** The logits by the way of taking means; a way by which every mean is right is left out. */
  readonly logits: readonly HalfLogits[];
}

/** A safety study with what it is of. */
export interface HalfStudy extends HalfSafety {
  readonly network: string;
  readonly imageSize: number;
  readonly lowering: string;
  readonly precision: "fp16";
  /** The origin of the weights and of the images, in words. */
  readonly weights: string;
  readonly dataset: string;
}

const orders = ["sequential", "pairwise", "by rows"] as const satisfies readonly Order[];

const columns = [
  { title: "mean", align: "left" },
  { title: "pixels", align: "right" },
  { title: "largest value", align: "right" },
  { title: "largest sum", align: "right" },
  { title: "margin", align: "right" },
  ...orders.map((title) => ({ title, align: "right" }) as const),
] as const;

/** The text that `bench numerics --precision fp16` ends with. */
export function halfText(study: HalfStudy, { width }: TerminalOptions): string {
  const { network, imageSize, lowering, images, weights, dataset, blocks } = study;
  const head = `${network}, ${imageSize} px, as ${lowering}, in fp16; weights ${weights}; ${formatImages(images)} images of ${dataset}`;
  const rows = blocks.map(cellsOf);
  const table =
    textTable(
      columns,
      rows.map((cells) => cells.map((text) => ({ text }))),
      { width, paintTitle: (text) => text },
    ) ?? rows.map(textRow).join("\n");
  const sentences = [...blockSentences(study, lowering), ...study.logits.map(logitsSentence)];
  return [
    wrapText(head, width, "  "),
    table,
    ...sentences.map((sentence) => wrapText(`- ${sentence}`, width, "  ")),
  ].join("\n\n");
}

function cellsOf({ node, pixels, largestValue, largestSum, margin, orders: means }: HalfBlock) {
  return [
    oneLine(node),
    String(pixels),
    largestValue.toPrecision(3),
    largestSum.toPrecision(4),
    margin === null ? "–" : `${twoDigits(margin)} x`,
    ...orders.map((order) => meanText(means[order])),
  ];
}

/** A number with two significant digits, without an exponent. */
function twoDigits(value: number): string {
  return Number(value.toPrecision(2)).toLocaleString("en");
}

function meanText({ error, verdict }: OrderedMean): string {
  if (verdict === "overflows") return "OVERFLOWS";
  return verdict === "inexact" ? `OFF ${formatDifference(error)}` : formatDifference(error);
}

function blockSentences({ blocks, tolerance }: HalfSafety, lowering: string): string[] {
  const unsafe = blocks.filter(({ orders: means }) =>
    orders.some((order) => means[order].verdict !== "right"),
  );
  const [first] = unsafe;
  if (first === undefined) {
    const margins = blocks.flatMap(({ margin }) => (margin === null ? [] : [margin]));
    const least =
      margins.length === 0
        ? ""
        : `, with a margin of ${twoDigits(Math.min(...margins))} x at least`;
    return [
      `Every mean is right to ${formatDifference(tolerance)} in every order${least}: SE is safe in fp16 on these images.`,
    ];
  }
  const which = orders.filter((order) => first.orders[order].verdict !== "right").join(", ");
  const overflows = orders.some((order) => first.orders[order].verdict === "overflows");
  const why = overflows
    ? `its sum reaches ${first.largestSum.toPrecision(4)}, and fp16 ends at 65,504`
    : `its sum of ${first.pixels} values grows to where fp16's step is larger than what is added`;
  const remedy =
    first.role === "squeeze" && !lowering.includes("squeeze-scaled")
      ? " The lowering squeeze-scaled is safe wherever the values are: see what it gives with --lowering squeeze-scaled."
      : "";
  return [
    `${unsafe.length} of ${blocks.length} means are not safe. The first is ${oneLine(first.node)} (${which}): ${why}.${remedy}`,
  ];
}

function logitsSentence({
  mean,
  relative,
  top1Agreement,
  pass,
  firstNotFinite,
}: HalfLogits): string {
  const how =
    mean === "one rounding" ? "With each result rounded once" : `With sums ${mean} in fp16`;
  const off =
    relative === null
      ? `logits are no finite numbers, from ${oneLine(firstNotFinite ?? "the logits")} on`
      : `logits are off by ${formatDifference(relative)}`;
  const same = `the same top class on ${Math.round(1000 * top1Agreement) / 10} % of the images`;
  return `${how}, ${off}, ${same}: ${pass ? "right" : "WRONG"}.`;
}
