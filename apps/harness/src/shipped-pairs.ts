import type { PairDescription } from "./job.ts";
import { byProfile, planCases, type ProbedTarget } from "./plan.ts";
import { defaultSeed, profiles } from "./profile.ts";
import { runtimes } from "./runtimes.ts";

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
  const pairs = [profiles.smoke, profiles.quick]
    .flatMap((profile) => planCases(targets, profile, byProfile))
    .map(({ network, plain, imageSize, images }) => ({
      networks: { plain, se: network },
      imageSize,
      weights: { kind: "seeded", seed: defaultSeed } as const,
      images,
    }));
  return [...new Map(pairs.map((pair) => [JSON.stringify(pair), pair])).values()];
}
