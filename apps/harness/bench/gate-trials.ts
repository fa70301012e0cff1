/**
 * This program tells how often the gate finds a slowdown that is known, and how often it finds one
 * where there is none: runs of the profile `quick` on onnxruntime-node/cpu, in turns as they are and
 * with SE slowed by a busy wait inside the timed region. Each run is compared with the last one
 * before it that was not slowed. The machine must be otherwise idle:
 *
 *     pnpm --filter @sebench/harness gate-trials 20 0.05
 */
import { appendFile } from "node:fs/promises";
import {
  byProfile,
  openTargets,
  plannedCases,
  profiles,
  runCases,
  type RunContext,
  type RunOptions,
} from "@sebench/bench";
import type { JobHost, OpenHosts } from "@sebench/hosts";
import { shippedRun } from "@sebench/pairs";
import {
  type CaseRecord,
  type CaseSummary,
  compareRuns,
  describeMachine,
  type RunRecord,
  summarizeRun,
} from "@sebench/results";

const [count = "20", share = "0.05", log] = process.argv.slice(2);
const options: RunOptions = {
  profile: "quick",
  targets: [{ runtime: "onnxruntime-node/cpu", host: "node" }],
  targetsNamed: true,
  models: null,
  selection: byProfile,
  weights: { kind: "shipped" },
  threads: null,
  tf32: true,
  timeoutSeconds: null,
  starts: 0,
  seed: null,
  shard: null,
  resume: null,
  out: null,
  fetch: false,
  browser: { path: null, headed: false, port: 0 },
};
const { signal } = new AbortController();
const machine = await describeMachine();

/** The hosts, with SE slowed in each measurement. */
function slowed(hosts: OpenHosts, slowdown: number): OpenHosts {
  const of = (name: Parameters<OpenHosts["of"]>[0]): JobHost => {
    const host = hosts.of(name);
    const run: JobHost["run"] = (job, watch) =>
      host.run(
        job.kind === "measure" ? { ...job, measure: { ...job.measure, slowdown } } : job,
        watch,
      );
    return Object.assign(Object.create(host) as JobHost, { run });
  };
  return { of, [Symbol.asyncDispose]: async () => {} };
}

/** Runs the cases of the profile once. */
async function runOnce(seed: number, slowdown: number): Promise<CaseSummary[]> {
  await using opened = await openTargets(options, { signal, tell: () => {} });
  const context: RunContext = {
    options,
    profile: profiles.quick,
    seed,
    weights: shippedRun(1),
    models: [],
    calibration: null,
    hosts: slowed(opened.hosts, slowdown),
    signal,
  };
  const cases: CaseRecord[] = [];
  const store = {
    record: { cases: [] },
    append: async (record: CaseRecord) => void cases.push(record),
  };
  const ignore = () => {};
  await runCases(context, opened.targets, plannedCases(context, opened.targets), store, () => ({
    start: ignore,
    update: ignore,
    end: ignore,
    note: console.error,
    close: ignore,
  }));
  const started = new Date().toISOString();
  const run: RunRecord["run"] = {
    id: `${started.slice(0, 19).replaceAll(":", "-")}-${seed}-${slowdown}`,
    started,
    finished: started,
    interrupted: false,
    profile: "quick",
    seed,
    git: null,
    sebench: "0.1.0",
    shard: null,
    command: "gate-trials",
  };
  return summarizeRun({ schema: "sebench/1", run, machine, cases });
}

const verdicts = new Map<string, number>();

/** Prints and counts what the gate says of each case of a run. */
async function judge(what: string, base: CaseSummary[], head: CaseSummary[]): Promise<void> {
  const { cases } = compareRuns(base, head, { threshold: 0.02, allowMissing: false });
  for (const { id, changes, verdict } of cases) {
    const change = changes.find(({ quantity }) => quantity === "overhead")?.change;
    const [low, high] = (change?.interval ?? []).map((end) => (100 * (end - 1)).toFixed(2));
    const size = change ? `${(100 * (change.ratio - 1)).toFixed(2)} % [${low}, ${high}]` : "none";
    const line = `${what} ${id}: ${size}, p ${change?.pValue.toExponential(1)}, ${verdict}`;
    console.log(line);
    if (log !== undefined) await appendFile(log, `${line}\n`);
    const key = `${what} ${id}: ${verdict}`;
    verdicts.set(key, (verdicts.get(key) ?? 0) + 1);
  }
}

let base = await runOnce(1, 0);
for (let trial = 1; trial <= Number(count); trial++) {
  await judge("slowed", base, await runOnce(2 * trial, Number(share)));
  const unchanged = await runOnce(2 * trial + 1, 0);
  await judge("unchanged", base, unchanged);
  base = unchanged;
}
for (const [key, times] of [...verdicts].toSorted()) console.log(`${key} ${times} of ${count}`);
