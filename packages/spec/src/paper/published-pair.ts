import { formatNetworkName, parseNetworkName, plainName } from "../network-name.ts";
import { rowOf } from "../model-table.ts";
import { isAblation, type PublishedRow, publishedRows } from "./published-rows.ts";

/** What the paper found for a network with SE, and for the plain one that it was held to. */
export interface PublishedPair {
  readonly se: PublishedRow;
  /** Null where the paper trained none. */
  readonly plain: PublishedRow | null;
}

/**
 * What the paper found for a network, whatever its layout and whether or not
 * its SE has biases: neither changes what is studied. Each pair is of one
 * table, since the tables train differently. Empty where the paper has none.
 */
export function publishedPairs(network: string): PublishedPair[] {
  const key = keyOf(network);
  return publishedRows
    .filter((row) => parseNetworkName(row.network).se !== null && keyOf(row.network) === key)
    .map((se) => ({ se, plain: plainOf(se) }));
}

function plainOf(se: PublishedRow): PublishedRow | null {
  const plain = plainName(se.network);
  const sameSetting = (row: PublishedRow) =>
    isAblation(se) ? isAblation(row) : row.table === se.table;
  return publishedRows.find((row) => row.network === plain && sameSetting(row)) ?? null;
}

function keyOf(network: string): string {
  const name = parseNetworkName(network);
  const [layout] = rowOf(name.model).layouts;
  return formatNetworkName({ ...name, layout, se: name.se && { ...name.se, bias: true } });
}
