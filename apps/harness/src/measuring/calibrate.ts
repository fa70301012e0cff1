import {
  RangeAnswers,
  formsOfPair,
  measureJob,
  pairOf,
  rangesOf,
  timeoutOf,
  requireProven,
  openTargets,
  type RunOptions,
  type CasePlan,
  planCases,
  type ProbedTarget,
  defaultSeed,
  type Profile,
  profiles,
  planTrials,
  type TrialCounts,
  type TrialPlan,
  withTunings,
} from "@sebench/bench";
import { interruptible, readNumber, readNumbers, say } from "@sebench/cli";
import type { OpenHosts } from "@sebench/hosts";
import { JobError } from "@sebench/jobs";
import { logRatiosOfRounds, median, overheadOfRounds, pairedForms } from "@sebench/measure";
import {
  type CalibrationRecord,
  type CalibrationStore,
  type CalibrationTrial,
  describeMachine,
  openCalibration,
  type SubjectCircumstances,
  subjectKey,
} from "@sebench/results";
import { InputError } from "@sebench/spec";
import { calibrationDirectory } from "../flags/directories.ts";
import { readRunOptions, type RunFlags } from "../flags/run-flags.ts";
import { formatSeconds } from "../words/progress.ts";

export interface CalibrateFlags extends Omit<
  RunFlags,
  "profile" | "shard" | "resume" | "weights" | "plainWeights" | "weightsPrefix"
> {
  readonly trials: string;
  readonly slowdownTrials: string;
  readonly slowdowns?: readonly string[];
}

/** The profile of a calibration, which has the naive form alone, since every runtime has it. */
const profile: Profile = { ...profiles.quick, bestKnown: [] };

/** What the trials of a calibration have in common. */
interface CalibrateContext {
  readonly options: RunOptions;
  readonly hosts: OpenHosts;
  readonly targets: readonly ProbedTarget[];
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly ranges: RangeAnswers;
}

/** Measures networks against themselves, and gives the exit code. */
export async function calibrate(flags: CalibrateFlags): Promise<number> {
  const options = await withTunings(readRunOptions(flags));
  const counts = {
    unslowed: readNumber("--trials", flags.trials, { from: 2, to: 100_000 }),
    slowed: readNumber("--slowdown-trials", flags.slowdownTrials, { from: 0, to: 100_000 }),
    slowdowns: readSlowdowns(flags.slowdowns ?? ["0.5,1,2,5,10"]),
  };
  const { calibrationTable } = await import("@sebench/report");
  const machine = await describeMachine();
  await using store = await openCalibration(options.out ?? calibrationDirectory, machine);
  if (store.note !== null) say(store.note);
  let failures = 0;
  const interrupted = await interruptible(async (signal) => {
    failures = await measure(options, counts, store, signal);
  });
  console.log(flags.json ? JSON.stringify(store.record) : calibrationTable(store.record));
  say(store.path);
  if (interrupted) {
    say("Interrupted. The same command goes on.");
    return 130;
  }
  return failures === 0 ? 0 : 1;
}

/** Runs the trials that are still to be run, and gives the number of those that failed. */
async function measure(
  options: RunOptions,
  counts: TrialCounts,
  store: CalibrationStore,
  signal: AbortSignal,
): Promise<number> {
  await using opened = await openTargets(options, { signal, tell: say });
  const { hosts, targets } = opened;
  const seed = options.seed ?? defaultSeed;
  const context = { options, hosts, targets, seed, signal, ranges: new RangeAnswers() };
  const cases = planCases(availableOf(targets), profile, options.selection);
  const trials = planTrials(cases, counts, {
    seed,
    done: (plan) => trialsDone(store.record, circumstancesOf(context, plan)),
  });
  return runTrials(context, trials, store);
}

/** The slowdowns as fractions, read from percents. */
function readSlowdowns(texts: readonly string[]): number[] {
  const percents = readNumbers(
    "--slowdowns",
    texts.flatMap((text) => text.split(",")),
    { from: 0.01, to: 1000, whole: false },
  );
  return percents.map((percent) => Math.round(percent * 1e4) / 1e6);
}

function availableOf(targets: readonly ProbedTarget[]): ProbedTarget[] {
  const missing = targets.flatMap(({ runtime, availability }) =>
    availability.ok ? [] : [{ runtime, ...availability }],
  );
  for (const { runtime, reason } of missing)
    say(`left out: ${runtime} is not available: ${reason}`);
  if (missing.length < targets.length) {
    return targets.filter(({ availability }) => availability.ok);
  }
  throw new InputError("none of these runtimes is available", { remedy: missing[0]!.remedy });
}

function circumstancesOf(
  { options, hosts, targets }: Pick<CalibrateContext, "options" | "hosts" | "targets">,
  plan: CasePlan,
): SubjectCircumstances {
  const { availability } = targets.find(
    ({ runtime, host }) => runtime === plan.runtime && host === plan.host,
  )!;
  return {
    id: plan.id,
    engineVersion: availability.ok ? availability.version : "none",
    hostVersion: hosts.of(plan.host).version,
    threads: options.threads,
    seconds: plan.seconds,
  };
}

function trialsDone(
  { subjects }: CalibrationRecord,
  circumstances: SubjectCircumstances,
): readonly CalibrationTrial[] {
  const key = subjectKey(circumstances);
  return subjects.find((subject) => subjectKey(subject) === key)?.trials ?? [];
}

/** Runs and stores each trial, and gives the number of those that failed. */
async function runTrials(
  context: CalibrateContext,
  trials: readonly TrialPlan[],
  store: CalibrationStore,
): Promise<number> {
  const started = performance.now();
  let failures = 0;
  for (const [index, trial] of trials.entries()) {
    const { plan, member, slowdown } = trial;
    const place = `[${index + 1}/${trials.length}] ${plan.id} ${member}, ${100 * slowdown} % slower`;
    let outcome: string;
    try {
      const measured = await runTrial(context, trial);
      await store.append(circumstancesOf(context, plan), measured);
      const { ratio } = overheadOfRounds(measured.logRatios);
      outcome = `${((ratio - 1) * 100).toFixed(2)} % was measured`;
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof InputError || !(error instanceof JobError)) throw error;
      failures++;
      outcome = `failed: ${error.message}`;
    }
    const each = (performance.now() - started) / (index + 1);
    const left = formatSeconds((each * (trials.length - index - 1)) / 1000);
    say(`${place}: ${outcome}; about ${left} left`);
  }
  return failures;
}

async function runTrial(
  context: CalibrateContext,
  { plan, member, slowdown, seed }: TrialPlan,
): Promise<CalibrationTrial> {
  const { options, hosts, signal } = context;
  const pair = pairOf(plan, { kind: "seeded", seed: context.seed });
  const itself = pair.networks[member];
  const watch = { signal, timeoutMs: timeoutOf([plan], options), onProgress: () => {} };
  const twins = { ...pair, networks: { plain: itself, se: itself } };
  const ranges = await rangesOf(plan, twins, context.ranges, watch);
  const job = measureJob({ options, profile, seed }, [plan], formsOfPair([plan], twins, [ranges]));
  const started = new Date().toISOString();
  const answer = await hosts
    .of(plan.host)
    .run({ ...job, measure: { ...job.measure, slowdown } }, watch);
  const [measured] = pairedForms(answer);
  const { replicas, attestation } = measured!;
  requireProven(Object.values(attestation));
  return {
    started,
    member,
    slowdown,
    logRatios: replicas.map(logRatiosOfRounds),
    medianMs: replicas.map(({ members }) => median(members.plain.samplesMs.flat())),
  };
}
