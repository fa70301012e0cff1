import {
  type AskedWeights,
  type PairWeights,
  openCheckpoint,
  seededRun,
  trainedPair,
} from "./pair-weights.ts";
import {
  buildNetwork,
  InputError,
  modelTable,
  parseNetworkName,
  plainName,
  seName,
} from "@sebench/spec";
import type { PairAtSize, PairDescription } from "./pair.ts";
import { isTrained } from "./trained-weights.ts";

/** A pair with the weights that were asked for. */
export interface AskedPair {
  readonly description: Pick<PairDescription, "networks" | "imageSize" | "weights">;
  readonly origin: PairWeights["origin"];
  /** What was chosen without being asked for: a line each, for a person. */
  readonly notes: readonly string[];
}

/** Which weights a pair shall have. */
export interface PairChoice {
  readonly weights: AskedWeights;
  /** Side in pixels, or null for the network's own. */
  readonly imageSize: number | null;
  /** The seed of seeded weights. */
  readonly seed: number;
}

/**
 * The pair of a network, with weights that have learned something, unless seeded
 * ones are asked for by name.
 *
 * @param name of either member
 */
export async function openPair(
  name: string,
  { weights, imageSize: asked, seed }: PairChoice,
): Promise<AskedPair> {
  const opened = weights.kind === "files" ? await openCheckpoint(weights.paths, name, asked) : null;
  const network = opened?.network ?? seName(name);
  const { imageSize: usual } = modelTable[parseNetworkName(network).model];
  const imageSize = asked ?? usual;
  const plain = plainName(network);
  // What is wrong with the size is told before anything is read.
  buildNetwork(network, { imageSize });
  const pair = { plain, network, imageSize };
  const { source, origin } =
    opened ?? (weights.kind === "seeded" ? await seededRun(seed)(pair) : await shipped(pair));
  return {
    description: { networks: { plain, se: network }, imageSize, weights: source },
    origin,
    notes: opened?.notes ?? [],
  };
}

async function shipped(pair: PairAtSize): Promise<PairWeights> {
  if (isTrained(pair)) return trainedPair(pair);
  throw new InputError(`no trained weights ship of ${pair.network} at ${pair.imageSize} px`, {
    remedy: `give them with --weights FILE; --weights seeded runs weights that have learned nothing`,
  });
}
