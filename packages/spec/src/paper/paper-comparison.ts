import { buildNetwork } from "../build-network.ts";
import { countMacs, countParameters } from "../count.ts";
import type { Network } from "../network.ts";
import { formatNetworkName, parseNetworkName } from "../network-name.ts";
import { rowOf } from "../model-table.ts";
import { type PublishedRow, publishedRows } from "./published-rows.ts";

/** What the paper counts of a network, and in which unit it prints that. */
export type Quantity = "gflops" | "mflops" | "millionParameters";

/** A printed figure beside ours. */
export interface PaperFigure {
  readonly table: number;
  /** As the authors built it. */
  readonly network: string;
  readonly quantity: Quantity;
  readonly published: string;
  /** Not rounded, in the same unit. */
  readonly ours: number;
  /** Whether ours, rounded to as many digits, is what is printed. */
  readonly same: boolean;
  readonly remark: string | null;
}

const counts: Readonly<Record<Quantity, (network: Network) => number>> = {
  gflops: (network) => countMacs(network, "paper") / 1e9,
  mflops: (network) => countMacs(network, "paper") / 1e6,
  millionParameters: (network) => countParameters(network) / 1e6,
};

/** The paper's counts beside ours: tables 2, 3, 10, 13, 15 and 16 of SENet v4. */
export function comparePaper(): PaperFigure[] {
  return publishedRows.flatMap((row) => {
    const name = asReleased(row.network);
    const printed = (Object.keys(counts) as Quantity[]).filter((quantity) => row[quantity]);
    if (printed.length === 0) return [];
    const network = buildNetwork(name);
    return printed.map((quantity) => figure(row, name, quantity, counts[quantity](network)));
  });
}

function figure(row: PublishedRow, network: string, quantity: Quantity, ours: number): PaperFigure {
  const published = row[quantity]!;
  const digits = published.split(".")[1]?.length ?? 0;
  const same = ours.toFixed(digits) === published;
  const { table, remark = null } = row;
  return { table, network, quantity, published, ours, same, remark: same ? null : remark };
}

/** In the layout of the authors' own weights, where the network has it. */
function asReleased(text: string): string {
  const name = parseNetworkName(text);
  const released = rowOf(name.model).layouts.find((layout) => layout === "timm-legacy");
  return formatNetworkName(released === undefined ? name : { ...name, layout: released });
}
