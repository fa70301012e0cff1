import type { WrongOperator } from "@sebench/results";
import { oneLine } from "@sebench/spec";
import { formatDifference } from "../text/format.ts";
import { type TerminalOptions, textRow, textTable, wrapText } from "../text/text-table.ts";

/**
 * How far a block of SE is off: the largest difference over the node's largest value, null where a
 * value is not finite, and of the gate, which is about 1 at most, the largest difference.
 */
export interface BlockErrors {
  /** The node that gives the product. */
  readonly node: string;
  readonly stage: number | null;
  readonly block: number | null;
  /** The map that is scaled, or null where the weights are scaled and there is no such map. */
  readonly map: number | null;
  readonly gate: number | null;
  readonly product: number | null;
}

/** One network on one runtime, and where it goes wrong. */
export interface BisectionRow {
  readonly runtime: string;
  readonly host: string;
  readonly network: string;
  readonly imageSize: number;
  readonly batch: number;
  readonly precision: string;
  readonly lowering: string;
  readonly engineVersion: string;
  readonly hostVersion: string;
  readonly images: number;
  readonly parity: {
    readonly relative: number | null;
    readonly maxAbs: number | null;
    readonly top1Agreement: number;
    readonly tolerance: number;
    readonly pass: boolean;
  };
  /** The image that was looked at, counted from 0, or null where none was since parity holds. */
  readonly image: number | null;
  /** The operator, or null where parity holds, or where only the order of the top classes differs. */
  readonly wrong: WrongOperator | null;
  /** The blocks of SE on that image, or none where they were not asked for. */
  readonly blocks: readonly BlockErrors[];
}

/** The text that `bench bisect` ends with: a paragraph for each network on each runtime. */
export function bisectionText(rows: readonly BisectionRow[], { width }: TerminalOptions): string {
  return rows
    .map((row) => {
      const lines = [headOf(row), ...linesOf(row)].map((line) => indented(line, width));
      return [...lines, ...blockLines(row, width)].join("\n");
    })
    .join("\n\n");
}

const blockColumns = [
  { title: "block, by its product", align: "left" },
  { title: "map", align: "right" },
  { title: "gate", align: "right" },
  { title: "product", align: "right" },
] as const;

/** A table of the blocks of SE, and the one whose gate is furthest off. */
function blockLines({ blocks, image }: BisectionRow, width: number): string[] {
  if (blocks.length === 0) return [];
  const rows = blocks.map(({ node, map, gate, product }) => [
    oneLine(node),
    map === null ? "–" : formatDifference(map),
    formatDifference(gate),
    formatDifference(product),
  ]);
  const table =
    textTable(
      blockColumns,
      rows.map((cells) => cells.map((text) => ({ text }))),
      { width, paintTitle: (text) => text },
    ) ?? rows.map(textRow).join("\n");
  const head = `  How far each block of SE is off on image ${image}: map and product over their largest value, the gate from 0 to 1, before it is rounded itself.`;
  const worst = blocks.reduce((most, each) =>
    (each.gate ?? Infinity) > (most.gate ?? Infinity) ? each : most,
  );
  const last = `  The gate that is furthest off is that of ${oneLine(worst.node)}: by ${formatDifference(worst.gate)}.`;
  return [indented(head, width), "", table, "", indented(last, width)];
}

/** Wraps a line, and keeps the spaces that it begins with. */
function indented(line: string, width: number): string {
  const text = line.trimStart();
  const margin = " ".repeat(line.length - text.length);
  return margin + wrapText(text, width - margin.length, `${margin}  `);
}

function headOf(row: BisectionRow): string {
  const { runtime, host, network, imageSize, batch, precision, lowering } = row;
  return `${runtime} on ${host}: ${network}, ${imageSize} px, batch ${batch}, ${precision}, as ${lowering}`;
}

/** The lowering of a model's file, which is compared as it is. */
const asIs = "as-is";

function linesOf({ parity, images, image, wrong, lowering }: BisectionRow): string[] {
  const { relative, tolerance, top1Agreement } = parity;
  const against = `${formatDifference(relative)} of the largest logit (to ${formatDifference(tolerance)})`;
  if (parity.pass) return [`  Parity holds on all ${images} images: ${against}. Nothing is wrong.`];
  const parts = `  Parity fails: ${against}, the same top class on ${Math.round(top1Agreement * images)} of ${images} images.`;
  if (wrong === null && lowering === asIs && !((relative ?? Infinity) <= tolerance)) {
    return [
      parts,
      "  Written anew from its import, the file is right at every node: what is wrong is in how the file writes an operator. bench inspect lists unusual forms.",
    ];
  }
  if (wrong === null) {
    return [
      parts,
      "  Every node is within the tolerance: the two largest logits are closer than the rounding.",
    ];
  }
  return [parts, `  On image ${image}: ${operatorSentence(wrong)}`, ...detailsOf(wrong)];
}

const verdicts: Readonly<Record<WrongOperator["verdict"], string>> = {
  operator: "is off, and what it reads is right",
  largest: "has the largest error of its own; no operator alone accounts for the difference",
  rounding:
    "has the largest error of its own, which is rounding: no operator is wrong, and the network makes small errors large",
};

/** Which operator is off, where it is, and whether it is to blame: `fc2 (dense, excite of stage 3) is off, ...`. */
export function operatorSentence(wrong: WrongOperator): string {
  return `${oneLine(wrong.node)} (${wrong.operator}, ${placeInNetwork(wrong)}) ${verdicts[wrong.verdict]}.`;
}

/** The part of the network that a node is in: `squeeze of stage 2, block 0`. */
export function placeInNetwork({
  role,
  stage,
  block,
}: Pick<WrongOperator, "role" | "stage" | "block">): string {
  if (stage === null) return role;
  return block === null ? `${role} of stage ${stage}` : `${role} of stage ${stage}, block ${block}`;
}

function detailsOf({ error, ownError, place, shape, given, expected, inputs }: WrongOperator) {
  const axes = place.length === 3 ? ["channel", "row", "column"] : ["value"];
  const where = place.map((at, index) => `${axes[index]} ${at}`).join(", ");
  return [
    `    its values [${shape.join(", ")}] are off by ${formatDifference(error)} of the largest; for the inputs that it had, by ${formatDifference(ownError)}`,
    `    at ${where}: ${numberText(given)} where ${numberText(expected)} is right`,
    ...inputs.map(
      ({ node, range, error: off }) =>
        `    reads ${oneLine(node)}: ${numberText(range[0])} to ${numberText(range[1])}, off by ${formatDifference(off)}`,
    ),
  ];
}

/** A value with six digits, or the words for one that is not finite. */
function numberText(value: number | null): string {
  return value === null ? "no finite number" : String(Number(value.toPrecision(6)));
}
