import { Bench, type Statistics, type Task } from "tinybench";
import { type ComparisonTool, headOf } from "./comparison-tool.ts";
import { installedVersion } from "./installed-version.ts";
import { openSlowedRuns } from "./open-slowed-runs.ts";

/** tinybench's own defaults, which it exceeds for slow runs. */
const warmUp = { ms: 250, runs: 16 };

/**
 * Opens tinybench as a tool with one `Bench` of two tasks: both are warmed up, then the base is
 * measured, then the head.
 */
export async function openTinybench(): Promise<ComparisonTool> {
  return {
    name: await installedVersion("tinybench"),
    rules: ["the head's mean is larger, and its 95 % margin does not meet the base's"],
    unavailable: null,
    async compare({ subject, slowdown, budgetMs, runMs }) {
      const started = performance.now();
      await using base = await openSlowedRuns(subject, 0);
      await using head = await openSlowedRuns(subject, slowdown);
      const eachMs = (budgetMs - (performance.now() - started)) / 2;
      const time = eachMs - Math.max(warmUp.ms, warmUp.runs * runMs);
      const bench = new Bench({ time: Math.max(1, time), throws: true });
      bench.add("base", base.run, { async: true }).add("head", head.run, { async: true });
      const [before, after] = (await bench.run()).map(latencyOf);
      const low = (after!.mean - after!.moe) / (before!.mean + before!.moe);
      const high = (after!.mean + after!.moe) / Math.max(0, before!.mean - before!.moe);
      return [{ head: headOf(low, high), ratio: after!.mean / before!.mean }];
    },
  };
}

function latencyOf({ name, result }: Task): Statistics {
  if (result.state !== "completed") throw new Error(`tinybench's ${name} is ${result.state}`);
  return result.latency;
}
