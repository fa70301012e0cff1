import { describeWeights, type RunRecord } from "@sebench/results";
import { oneLine } from "./one-line.ts";

/** The files that a run's weights came from; nothing where all were seeded. */
export function weightsFacts({ cases }: RunRecord): (readonly [string, string])[] {
  const files = cases.flatMap((record) =>
    record.status === "ok" && record.weights.kind === "checkpoint"
      ? [oneLine(describeWeights(record.weights))]
      : [],
  );
  return files.length === 0 ? [] : [["Weights", [...new Set(files)].join("; ")]];
}
