import { loadReport, writeReports } from "@sebench/bench/reports";
import { join, relative } from "node:path";
import {
  type FedModel,
  feedModels,
  openTargets,
  type RunOptions,
  type CasePlan,
  defaultSeed,
  profiles,
  provenance,
  readConfig,
  plannedCases,
  runCases,
  type RunContext,
  type RunObserver,
  withTunings,
} from "@sebench/bench";
import { interruptible, say } from "@sebench/cli";
import type { JobHost } from "@sebench/hosts";
import { imagesOf } from "@sebench/pairs";
import {
  breaksBudget,
  describeMachine,
  type MachineRecord,
  openStore,
  parityHolds,
  readCalibration,
  type ResultStore,
  resumeStore,
  type RunHeader,
  type RunRecord,
  servingFailures,
} from "@sebench/results";
import { shellQuoted } from "@sebench/spec";
import { calibrationDirectory } from "../flags/directories.ts";
import { requireModelForImages } from "../flags/model-flags.ts";
import { readRunOptions, type RunFlags } from "../flags/run-flags.ts";
import { RunProgress } from "../words/progress.ts";
import { terminalOptions } from "../words/terminal.ts";
import { type Asked, openWeights, weightsOf } from "./asked-weights.ts";
import { asStarted, requireResumable } from "./resumed-run.ts";

const interruptedCode = 130;

/** Where a run measures: on this machine, or on a device that has opened a page of it. */
export interface Place {
  /** Describes what measures; on a device this waits for somebody to start. */
  describe(): Promise<MachineRecord>;
  /** The host of the device; left out where there is none. */
  readonly device?: JobHost;
  /** Takes the folder of the results, once it is there. */
  onFolder?(folder: string): void;
  /** Lets others than the terminal be told of the progress. */
  observe(progress: RunProgress, left: readonly CasePlan[]): RunObserver;
}

const here: Place = { describe: describeMachine, observe: (progress) => progress };

/** Measures, reports, and gives the exit code. */
export async function run(flags: RunFlags, place: Place = here): Promise<number> {
  requireModelForImages(flags);
  const config = await readConfig(flags.config ?? null);
  const asked = await openWeights(await withTunings(readRunOptions(flags)));
  // Ctrl-C in a terminal ends tsx's compiler too, and nothing can be loaded after it.
  await loadReport();
  const { models, seed } = asked.options;
  await using fed = await feedModels(models, seed ?? defaultSeed, say);
  await using store = await openOrResume(asked, fed.models, place);
  if (store.note !== null) say(store.note);
  place.onFolder?.(join(store.path, ".."));
  const agreed = { ...asked, options: asStarted(asked.options, store.record) };
  const interrupted = await interruptible((signal) =>
    measure(agreed, place, { models: fed.models, store, signal }),
  );
  await store.finish({ interrupted, ...(config === null ? {} : { budgets: config.budgets }) });
  await conclude(store, flags.json ?? false);
  if (interrupted) return interruptedCode;
  return breaksBudget(store.record, config?.cannotTell) ? 1 : exitCode(store.record, asked.options);
}

async function openOrResume(
  asked: Asked,
  models: readonly FedModel[],
  place: Place,
): Promise<ResultStore> {
  const { options } = asked;
  const machine = await place.describe();
  if (options.resume === null) {
    const header = await describeRun(options, machine);
    return openStore(options.out ?? join("results", header.run.id), header);
  }
  const weights = (record: RunRecord) => weightsOf(asked, record.run.seed);
  await requireResumable(options, machine.key, weights, models);
  return resumeStore(options.resume);
}

async function describeRun(options: RunOptions, machine: RunHeader["machine"]): Promise<RunHeader> {
  const started = new Date().toISOString();
  return {
    run: {
      id: started.slice(0, 19).replaceAll(":", "-"),
      started,
      finished: null,
      interrupted: false,
      profile: options.profile ?? "quick",
      seed: options.seed ?? defaultSeed,
      budgetSeconds: options.selection.seconds,
      scenarios: options.scenarios ?? null,
      shard: options.shard,
      ...(await provenance()),
    },
    machine,
  };
}

async function measure(
  asked: Asked,
  { device, observe }: Place,
  {
    models,
    store,
    signal,
  }: Pick<RunContext, "models" | "signal"> & { readonly store: ResultStore },
): Promise<void> {
  const { options } = asked;
  const { profile, seed } = store.record.run;
  const served = device === undefined ? options : { ...options, device };
  await using opened = await openTargets(served, { signal, tell: say });
  const { hosts, targets } = opened;
  const context: RunContext = {
    options,
    profile: profiles[profile],
    seed,
    weights: weightsOf(asked, seed),
    models,
    calibration: await readCalibration(calibrationDirectory, store.record.machine.key),
    hosts,
    signal,
  };
  const cases = plannedCases(context, targets);
  await checkImages(cases);
  await runCases(context, targets, cases, store, (left) =>
    observe(new RunProgress(left, process.stderr), left),
  );
}

/**
 * Throws an `InputError` where a case asks for images that are not there, before any case has run.
 */
async function checkImages(cases: readonly CasePlan[]): Promise<void> {
  for (const plan of cases) if (plan.model === null) await imagesOf(plan);
}

async function conclude(store: ResultStore, json: boolean): Promise<void> {
  const { record } = store;
  const folder = join(store.path, "..");
  await writeReports(folder, record);
  if (json) {
    console.log(JSON.stringify(record));
    return;
  }
  const { terminalTable } = await loadReport();
  console.log(terminalTable(record, terminalOptions()));
  console.log(`\nReport: ${relative(process.cwd(), join(folder, "report.html"))}`);
  if (record.run.interrupted) {
    console.log(
      `Interrupted. To go on, give the same flags and --resume ${shellQuoted(relative(process.cwd(), folder))}`,
    );
  }
}

/**
 * The exit code: 1 where a case, or a worker of it, failed or lost parity, or a runtime that was named is not
 * available.
 */
function exitCode({ cases }: RunRecord, { targetsNamed }: RunOptions): number {
  const bad = cases.some((record) => {
    switch (record.status) {
      case "ok":
        return !parityHolds(record) || servingFailures(record.serving ?? {}).length > 0;
      case "untimed":
        return !parityHolds(record);
      case "alone":
        return !record.parity.se.pass;
      case "failed":
        return true;
      case "unavailable":
        return targetsNamed;
    }
  });
  return bad ? 1 : 0;
}
