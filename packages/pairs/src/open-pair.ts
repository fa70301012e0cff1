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
  networksOf,
  parseNetworkName,
  plainName,
  seName,
} from "@sebench/spec";
import { datasetOf, type PairAtSize, type PairDescription } from "./pair.ts";
import { isTrained } from "./trained-weights.ts";

/** A pair with the weights that were asked for. */
export interface AskedPair {
  readonly description: Pick<PairDescription, "networks" | "imageSize" | "weights">;
  readonly origin: PairWeights["origin"];
  /** What was chosen without being asked for, in lines for a person. */
  readonly notes: readonly string[];
}

/** The choice of the weights and the image size of a pair. */
export interface PairChoice {
  readonly weights: AskedWeights;
  /** The side of the images in pixels, or null for the network's own. */
  readonly imageSize: number | null;
  /** The seed of seeded weights. */
  readonly seed: number;
}

/**
 * Opens the pair of a network, with trained weights unless seeded ones are asked for by name.
 * Throws an `InputError` where no trained weights ship of the pair.
 *
 * @param name the name of either member
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
  // A size that the network cannot take is told before anything is read.
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

/**
 * The pairs that the page which anybody may open measures, each with weights and images that ship,
 * and with an answer of the oracle that ships, too.
 */
export function boardPairs(): PairDescription[] {
  return networksOf("board").map((network) => {
    const { imageSize } = modelTable[parseNetworkName(network).model];
    const pair = { plain: plainName(network), network, imageSize };
    const dataset = datasetOf(imageSize);
    return {
      networks: { plain: pair.plain, se: network },
      imageSize,
      weights: isTrained(pair) ? { kind: "trained" } : { kind: "seeded", seed: 1 },
      // A photograph stands for more of its network's work.
      images: { dataset, count: dataset === "photographs" ? 4 : 16 },
    };
  });
}

async function shipped(pair: PairAtSize): Promise<PairWeights> {
  if (isTrained(pair)) return trainedPair(pair);
  throw new InputError(`no trained weights ship of ${pair.network} at ${pair.imageSize} px`, {
    remedy: `give them with --weights FILE; --weights seeded runs weights that have learned nothing`,
  });
}
