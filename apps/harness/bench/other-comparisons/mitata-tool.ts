import { measure } from "mitata";
import { type Compared, type ComparisonTool, headOf, percentOf } from "./comparison-tool.ts";
import { installedVersion } from "./installed-version.ts";
import { openSlowedRuns } from "./open-slowed-runs.ts";

/** The difference that a reader of averages takes for one where there is none. */
const readAsDifferent = 0.01;

/**
 * Opens mitata as a tool that measures the base, and then the head. mitata has no test: its summary
 * says how many times faster one average is, to the hundredth, and a person decides.
 */
export async function openMitata(): Promise<ComparisonTool> {
  return {
    name: await installedVersion("mitata"),
    rules: [
      `no test of its own; a person reads the averages: the head's is larger by at least half of the slowdown, or, at 0 %, by ${percentOf(readAsDifferent)}`,
    ],
    unavailable: null,
    async compare({ subject, slowdown, budgetMs }) {
      const started = performance.now();
      await using base = await openSlowedRuns(subject, 0);
      await using head = await openSlowedRuns(subject, slowdown);
      const eachMs = (budgetMs - (performance.now() - started)) / 2;
      // mitata's time is in nanoseconds.
      const options = { min_cpu_time: 1e6 * eachMs };
      const before = await measure(base.run, { ...options });
      const after = await measure(head.run, { ...options });
      const ratio = after.avg / before.avg;
      const least = 1 + (slowdown === 0 ? readAsDifferent : slowdown / 2);
      return [{ head: headOf(ratio / least, ratio * least), ratio }];
    },
    note: chanceOfRule,
  };
}

/**
 * How often mitata's rule, which knows the slowdown, holds by chance, or null without trials that
 * tell.
 */
function chanceOfRule(outcomes: readonly Compared[]): string | null {
  const ratiosAt = (slowdown: number) =>
    outcomes.flatMap((each) =>
      each.slowdown === slowdown ? each.findings.map(({ ratio }) => ratio) : [],
    );
  const unslowed = ratiosAt(0);
  const slowdowns = [...new Set(outcomes.map(({ slowdown }) => slowdown))];
  const chances = slowdowns
    .filter((slowdown) => slowdown > 0)
    .toSorted((a, b) => a - b)
    .map((slowdown) => {
      const met = unslowed.filter((ratio) => ratio >= 1 + slowdown / 2).length;
      return `${met} of ${unslowed.length} times for ${percentOf(slowdown)}`;
    });
  if (unslowed.length === 0 || chances.length === 0) return null;
  return `its rule knows the slowdown, which a person does not. Where there was none, it would have found it ${chances.join(", ")}.`;
}
