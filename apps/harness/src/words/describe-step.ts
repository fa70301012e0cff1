import type { Standing, TraceStep } from "@sebench/bench";
import { formatSeconds } from "./progress.ts";

/** What one race of a search came to, in a line. */
export function describeStep(
  { where, standings, chosen, why, elapsedMs }: TraceStep,
  budgetSeconds: number,
): string {
  const raced = standings.length === 0 ? "" : `${standings.map(describeStanding).join(", ")}: `;
  const time = `${formatSeconds(elapsedMs / 1000)} of ${formatSeconds(budgetSeconds)}`;
  return `  ${where}: ${raced}${chosen.join(", ")} (${why}; ${time})`;
}

function describeStanding(standing: Standing): string {
  if (!standing.ok) return `${standing.lowering} failed, ${standing.reason.split("\n")[0]}`;
  const { lowering, ratio, interval } = standing;
  const percent = (of: number) => ((of - 1) * 100).toFixed(1);
  const within = interval === null ? "" : ` [${percent(interval[0])}, ${percent(interval[1])}]`;
  return `${lowering} ${ratio >= 1 ? "+" : ""}${percent(ratio)} %${within}`;
}
