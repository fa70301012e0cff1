import { runtimes } from "@sebench/hosts";
import { boardPairs, type PairDescription, isTrained } from "@sebench/pairs";
import { trainedNetworks } from "@sebench/weights";
import { pairOf } from "../case/case-job.ts";
import { byProfile, type NetworkPlan, planCases, type ProbedTarget } from "../plan/case-plan.ts";
import { allImagesOf } from "../plan/labelled-plan.ts";
import { defaultSeed, profiles } from "../plan/profile.ts";

/**
 * The pairs whose oracle's answers ship. They are those of `smoke` and `quick` on any runtime,
 * whatever its speed turns out to be, the trained ones, and those of the board.
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
  const trained = { ...byProfile, networks: trainedNetworks };
  const pairs = [profiles.smoke, profiles.quick]
    .flatMap((profile) =>
      [byProfile, trained].flatMap((selection) => planCases(targets, profile, selection)),
    )
    .flatMap(questionsOf)
    .concat(boardPairs());
  return [...new Map(pairs.map((pair) => [JSON.stringify(pair), pair])).values()];
}

/**
 * The pairs that a case asks the oracle about, for parity and for labelled images. They are the
 * same at all precisions.
 */
function questionsOf(plan: NetworkPlan): PairDescription[] {
  if (!isTrained(plan)) return [pairOf(plan, { kind: "seeded", seed: defaultSeed })];
  const pair = pairOf(plan, { kind: "trained" });
  return [pair, { ...pair, images: allImagesOf(plan.images.dataset) }];
}
