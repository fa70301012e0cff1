import { loadReport, writeReports } from "@sebench/bench/reports";
import { join, relative, resolve } from "node:path";
import {
  feedModels,
  openTargets,
  type RunOptions,
  type CasePlan,
  defaultSeed,
  profiles,
  type RunObserver,
  provenance,
  readConfig,
  plannedCases,
  runCases,
  type RunContext,
  withTunings,
} from "@sebench/bench";
import { interruptible, say } from "@sebench/cli";
import type { JobHost } from "@sebench/hosts";
import {
  imagesOf,
  openCheckpoint,
  type OpenedCheckpoint,
  requireSameWeights,
  type RunWeights,
  seededRun,
  shippedRun,
} from "@sebench/pairs";
import {
  breaksBudget,
  describeMachine,
  type MachineRecord,
  openStore,
  parityHolds,
  ran,
  readCalibration,
  readResults,
  type ResultStore,
  resumeStore,
  type RunHeader,
  type RunRecord,
  servingFailures,
} from "@sebench/results";
import { InputError, shellQuoted } from "@sebench/spec";
import { calibrationDirectory } from "../flags/directories.ts";
import { requireModelForImages } from "../flags/model-flags.ts";
import { readRunOptions, type RunFlags } from "../flags/run-flags.ts";
import { RunProgress } from "../words/progress.ts";
import { terminalOptions } from "../words/terminal.ts";

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
  const asked = await openWeights(await withTunings(readRunOptions(flags)), place);
  // Ctrl-C in a terminal ends tsx's compiler too, and nothing can be loaded after it.
  await loadReport();
  const { models, seed } = asked.options;
  await using fed = await feedModels(models, seed ?? defaultSeed, say);
  await using store = await openOrResume(asked);
  if (store.note !== null) say(store.note);
  place.onFolder?.(join(store.path, ".."));
  const agreed = { ...asked, options: asStarted(asked.options, store.record) };
  const interrupted = await interruptible((signal) => measure(agreed, fed.models, store, signal));
  await store.finish({ interrupted, ...(config === null ? {} : { budgets: config.budgets }) });
  await conclude(store, flags.json ?? false);
  if (interrupted) return interruptedCode;
  return breaksBudget(store.record, config?.cannotTell) ? 1 : exitCode(store.record, asked.options);
}

/** A request for a run. */
interface Asked {
  readonly options: RunOptions;
  /** The weights from files, or null where no files were given. */
  readonly checkpoint: OpenedCheckpoint | null;
  readonly place: Place;
}

/**
 * Reads files of weights at once, so that what is wrong with them is told before anything has run.
 */
async function openWeights(options: RunOptions, place: Place): Promise<Asked> {
  const { weights, selection } = options;
  const [network] = selection.networks ?? [];
  if (weights.kind !== "files" || network === undefined)
    return { options, checkpoint: null, place };
  const opened = await openCheckpoint(weights.paths, network, selection.imageSizes?.[0] ?? null);
  for (const note of opened.notes) say(`weights: ${note}`);
  const named = { ...selection, networks: [opened.network] };
  return { options: { ...options, selection: named }, checkpoint: opened, place };
}

/**
 * The weights of each pair of a run.
 *
 * @param seed the seed of the run; a resumed run keeps its own
 */
function weightsOf({ options, checkpoint }: Asked, seed: number): RunWeights {
  if (checkpoint !== null) return async () => checkpoint;
  return options.weights.kind === "seeded" ? seededRun(seed) : shippedRun(seed);
}

async function openOrResume(asked: Asked): Promise<ResultStore> {
  const { options, place } = asked;
  const machine = await place.describe();
  if (options.resume === null) {
    const header = await describeRun(options, machine);
    return openStore(options.out ?? join("results", header.run.id), header);
  }
  requireNoOut(options);
  // The checks come before anything is written, so that a run that is not resumed stays as finished
  // as it was.
  const record = await readResults(options.resume);
  requireAlike(record, machine.key, options);
  await requireSameWeights(record, weightsOf(asked, record.run.seed), options.resume);
  return resumeStore(options.resume);
}

function requireNoOut({ resume, out }: RunOptions): void {
  if (out === null || resolve(out) === resolve(resume!)) return;
  throw new InputError(`--resume ${resume} goes on in that folder, and --out names ${out}`, {
    remedy: "leave out --out, or start a new run there, without --resume",
  });
}

/** The options with what a run that goes on keeps where no flag says it: its budget and its shard. */
function asStarted(options: RunOptions, { run: started }: RunRecord): RunOptions {
  const { selection, shard } = options;
  const seconds = selection.seconds ?? started.budgetSeconds ?? null;
  return { ...options, selection: { ...selection, seconds }, shard: shard ?? started.shard };
}

/**
 * Throws an `InputError` where a flag asks for something else than the run was started with, so
 * that no case of it would mean what the others do.
 */
function requireSameFlags({ run: started }: RunRecord, options: RunOptions): void {
  const { resume, profile, seed, shard, selection } = options;
  const budget = started.budgetSeconds;
  const shardWords = (of: RunOptions["shard"]) => (of === null ? null : `${of.index}/${of.of}`);
  const flags: readonly (readonly [flag: string, asked: unknown, had: unknown])[] = [
    ["--profile", profile, started.profile],
    ["--seed", seed, started.seed],
    ["--shard", shardWords(shard), shardWords(started.shard)],
    // Records from before the budget was kept do not tell it.
    ...(budget === undefined ? [] : [["--budget", selection.seconds, budget] as const]),
  ];
  for (const [flag, asked, had] of flags) {
    if (asked === null || asked === had) continue;
    const how = had === null ? `without ${flag}` : `with ${flag} ${String(had)}`;
    throw new InputError(`the run in ${resume} was started ${how}, not ${String(asked)}`, {
      remedy: `leave out ${flag} to go on as it was started, or start a new run, with another --out`,
    });
  }
}

/**
 * Throws an `InputError` unless all cases of the run are of one machine, one set of flags and one
 * way to load engines, since rows would not compare otherwise.
 */
function requireAlike(record: RunRecord, key: string, options: RunOptions): void {
  const { cases, machine } = record;
  const { resume, threads, tf32 } = options;
  requireSameFlags(record, options);
  if (machine.key !== key) {
    throw new InputError(`the run in ${resume} was started on another machine`, {
      remedy: "start a new run, with another --out",
    });
  }
  const done = cases.filter(ran);
  const other = done.find((each) => each.threads !== threads);
  if (other) {
    const asked = other.threads === null ? "without --threads" : `with --threads ${other.threads}`;
    throw new InputError(`the run in ${resume} was started ${asked}`, {
      remedy: "give the same flags, or start a new run, with another --out",
    });
  }
  if (!tf32 && done.some(({ attestation }) => attestation.tf32)) {
    throw new InputError(`the run in ${resume} was started without --no-tf32`, {
      remedy: "give the same flags, or start a new run, with another --out",
    });
  }
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
      shard: options.shard,
      ...(await provenance()),
    },
    machine,
  };
}

async function measure(
  asked: Asked,
  models: RunContext["models"],
  store: ResultStore,
  signal: AbortSignal,
): Promise<void> {
  const { options, place } = asked;
  const { profile, seed } = store.record.run;
  const { device } = place;
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
    place.observe(new RunProgress(left, process.stderr), left),
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
