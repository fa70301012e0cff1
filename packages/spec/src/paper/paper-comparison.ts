import { rowOf } from "../families/model-table.ts";
import { countMacs, countParameters } from "../graph/count.ts";
import type { Network } from "../graph/network.ts";
import { buildNetwork } from "../network/build-network.ts";
import { formatNetworkName, parseNetworkName } from "../network/network-name.ts";
import { type PublishedRow, publishedRows } from "./published-rows.ts";

/** A quantity that the paper counts of a network, in the unit that the paper prints. */
export type Quantity = "gflops" | "mflops" | "millionParameters";

/** A figure that the paper prints, beside this project's. */
export interface PaperFigure {
  readonly table: number;
  /** The name of the network in the layout that the authors built. */
  readonly network: string;
  readonly quantity: Quantity;
  readonly published: string;
  /** This project's count, not rounded, in the unit of `quantity`. */
  readonly ours: number;
  /** Whether `ours`, rounded to as many digits as are printed, equals `published`. */
  readonly same: boolean;
  readonly remark: string | null;
}

const counts: Readonly<Record<Quantity, (network: Network) => number>> = {
  gflops: (network) => countMacs(network, "paper") / 1e9,
  mflops: (network) => countMacs(network, "paper") / 1e6,
  millionParameters: (network) => countParameters(network) / 1e6,
};

/** The counts of SENet v4, tables 2, 3, 10, 13, 15 and 16, beside this project's. */
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

/** Names a network in the layout of the authors' own weights, if the network has that layout. */
function asReleased(text: string): string {
  const name = parseNetworkName(text);
  const released = rowOf(name.model).layouts.find((layout) => layout === "timm-legacy");
  return formatNetworkName(released === undefined ? name : { ...name, layout: released });
}
