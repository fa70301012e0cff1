import { describeWeights, type OkCase, type RunRecord } from "@sebench/results";
import { oneLine } from "./one-line.ts";

/** Where a run's weights came from, but for seeded ones: the seed is told anyway. */
export function weightsFacts({ cases }: RunRecord): (readonly [string, string])[] {
  const origins = cases.flatMap((record) =>
    record.status === "ok" ? originOf(record).map(oneLine) : [],
  );
  return origins.length === 0 ? [] : [["Weights", [...new Set(origins)].join("; ")]];
}

/** A run has files for one pair, and trained weights for several. */
function originOf({ network, weights }: OkCase): string[] {
  switch (weights.kind) {
    case "seeded":
      return [];
    case "trained":
      return [`${network} ${describeWeights(weights)}`];
    case "checkpoint":
      return [describeWeights(weights)];
  }
}
