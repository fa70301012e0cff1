import { type CaseSummary, summarizeRun } from "@sebench/results";
import { sampleRun } from "./sample-run.ts";

/** The cases of the sample run as a history has them. */
export const sampleSummaries: readonly CaseSummary[] = summarizeRun(sampleRun);

/** The cases of the sample run from another run, with their overheads multiplied. */
export function laterRun(
  run: string,
  started: string,
  factorOf: (id: string) => number = () => 1,
): CaseSummary[] {
  return sampleSummaries.map((summary) => {
    const { measured, id } = summary;
    const other = Object.assign({}, summary, { run, started });
    if (measured === null) return other;
    const factor = factorOf(id);
    const { ratio, interval, replicas } = measured.overhead;
    const overhead = {
      ratio: ratio * factor,
      interval: interval && ([interval[0] * factor, interval[1] * factor] as const),
      replicas: replicas.map((each) => each * factor),
    };
    return Object.assign(other, { measured: { ...measured, overhead } });
  });
}
