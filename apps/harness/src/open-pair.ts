import { buildNetwork, InputError, modelTable, parseNetworkName, plainName } from "@sebench/spec";
import type { PairDescription } from "./job.ts";
import { seName } from "./plan.ts";
import { type PairWeights, openCheckpoint, seededRun } from "./run-weights.ts";
import type { RunOptions } from "./run-options.ts";
import { isTrained, trainedPair } from "./trained-pair.ts";

/** A pair with the weights that were asked for. */
export interface AskedPair {
  readonly description: Pick<PairDescription, "networks" | "imageSize" | "weights">;
  readonly origin: PairWeights["origin"];
}

/**
 * The pair of a network, with weights that have learned something, unless seeded
 * ones are asked for by name.
 *
 * @param name of either member
 */
export async function openPair(
  name: string,
  { weights, selection, seed }: Pick<RunOptions, "weights" | "selection" | "seed">,
): Promise<AskedPair> {
  const opened =
    weights.kind === "files"
      ? await openCheckpoint(weights.paths, name, selection.imageSize)
      : null;
  const network = opened?.network ?? seName(name);
  const { imageSize: usual } = modelTable[parseNetworkName(network).model];
  const imageSize = selection.imageSize ?? usual;
  const plain = plainName(network);
  // What is wrong with the size is told before anything is read.
  buildNetwork(network, { imageSize });
  const pair = { plain, network, imageSize };
  const { source, origin } =
    opened ?? (weights.kind === "seeded" ? await seededRun(seed ?? 1)(pair) : await shipped(pair));
  return { description: { networks: { plain, se: network }, imageSize, weights: source }, origin };
}

async function shipped(pair: {
  plain: string;
  network: string;
  imageSize: number;
}): Promise<PairWeights> {
  if (isTrained(pair)) return trainedPair(pair);
  throw new InputError(`no trained weights ship of ${pair.network} at ${pair.imageSize} px`, {
    remedy: `give them with --weights FILE; --weights seeded runs weights that have learned nothing`,
  });
}
