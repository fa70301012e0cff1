import type { RunOptions } from "@sebench/bench";
import { say } from "@sebench/cli";
import {
  openCheckpoint,
  type OpenedCheckpoint,
  type RunWeights,
  seededRun,
  shippedRun,
} from "@sebench/pairs";

/** A request for a run. */
export interface Asked {
  readonly options: RunOptions;
  /** The weights from files, or null where no files were given. */
  readonly checkpoint: OpenedCheckpoint | null;
}

/**
 * Reads files of weights at once, so that what is wrong with them is told before anything has run.
 */
export async function openWeights(options: RunOptions): Promise<Asked> {
  const { weights, selection } = options;
  const [network] = selection.networks ?? [];
  if (weights.kind !== "files" || network === undefined) return { options, checkpoint: null };
  const opened = await openCheckpoint(weights.paths, network, selection.imageSizes?.[0] ?? null);
  for (const note of opened.notes) say(`weights: ${note}`);
  const named = { ...selection, networks: [opened.network] };
  return { options: { ...options, selection: named }, checkpoint: opened };
}

/**
 * The weights of each pair of a run.
 *
 * @param seed the seed of the run; a resumed run keeps its own
 */
export function weightsOf({ options, checkpoint }: Asked, seed: number): RunWeights {
  if (checkpoint !== null) return async () => checkpoint;
  return options.weights.kind === "seeded" ? seededRun(seed) : shippedRun(seed);
}
