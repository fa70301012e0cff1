import type { PairDescription } from "./job.ts";
import { planCases, type ProbedTarget } from "./plan.ts";
import { profiles } from "./profile.ts";
import { runtimes } from "./runtimes.ts";

/** Of the weights and of the order of visits, where none is given. */
export const defaultSeed = 1;

/**
 * The pairs whose oracle ships: those of `smoke` and `quick` on any runtime,
 * whatever its speed turns out to be.
 */
export function shippedPairs(): PairDescription[] {
  const targets = runtimes.flatMap(({ id, hosts }) =>
    hosts.flatMap((host) =>
      [false, true].map((software): ProbedTarget => ({
        runtime: id,
        host,
        availability: { ok: true, version: "", device: { name: "", details: {} }, software },
      })),
    ),
  );
  const selection = {
    networks: null,
    batches: null,
    imageSize: null,
    precisions: ["fp32" as const],
    lowering: null,
    seconds: null,
  };
  const pairs = [profiles.smoke, profiles.quick]
    .flatMap((profile) => planCases(targets, profile, selection))
    .map(({ network, plain, imageSize, images }) => ({
      networks: { plain, se: network },
      imageSize,
      seed: defaultSeed,
      images,
    }));
  return [...new Map(pairs.map((pair) => [JSON.stringify(pair), pair])).values()];
}
