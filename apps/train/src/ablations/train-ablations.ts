import { interruptible, say } from "@sebench/cli";
import { InputError } from "@sebench/spec";
import { countBatches } from "../batches.ts";
import { type TrainingData, type TrainingEngine, trainNetwork } from "../train-network.ts";
import { openData, openEngine } from "../training-inputs.ts";
import { ablationDefaults } from "./ablation-defaults.ts";
import {
  type AblationFlags,
  type AblationRun,
  keepLogOnly,
  planRuns,
  type RunState,
  stateOf,
} from "./ablation-run.ts";
import { type AblationsProgress, ablationsProgress } from "./ablations-progress.ts";

const diverged = 1;
const interrupted = 130;

/** Trains what is left of the paper's ablations. Returns the exit code. */
export async function trainAblations(flags: AblationFlags): Promise<number> {
  const runs = planRuns(flags);
  const data = await openData(flags, runs[0]!.settings);
  // What is wrong with a folder is told before hours are spent.
  const states = await statesOf(runs);
  const steps = runs.map((run, at) => stepsLeft(run, states[at]!, data));
  const progress = ablationsProgress(process.stderr, steps, () => performance.now());
  if (states.some(({ kind }) => kind === "unfinished")) {
    const engine = await openEngine(flags);
    const stopped = await interruptible((signal) =>
      trainRuns(runs, data, engine, progress, signal),
    );
    if (stopped) {
      progress.note("interrupted; the same command goes on after the last epoch that was finished");
      return interrupted;
    }
  }
  const out = flags.out ?? ablationDefaults.out;
  say(`all ${runs.length} runs have ended; their table: pnpm train ablation-table ${out}`);
  return (await statesOf(runs)).some(({ kind }) => kind === "diverged") ? diverged : 0;
}

/**
 * Trains the runs that have not ended, in the order given. One that diverges has
 * ended too: the same settings would diverge again, and the others can be had.
 */
export async function trainRuns(
  runs: readonly AblationRun[],
  data: TrainingData,
  engine: TrainingEngine,
  progress: AblationsProgress,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, run] of runs.entries()) {
    const state = await stateOf(run);
    if (state.kind !== "unfinished") continue;
    signal.throwIfAborted();
    const observer = progress.observerOf(index, run);
    try {
      await trainNetwork({ ...run, from: state.from }, data, engine, observer, signal);
    } catch (error) {
      if (!(error instanceof InputError) || (await stateOf(run)).kind !== "diverged") throw error;
      progress.note(`${run.folder}: ${error.message}`);
    }
    await keepLogOnly(run);
  }
}

/** The state of each; those that have ended keep their log only, also where that was cut off. */
async function statesOf(runs: readonly AblationRun[]): Promise<RunState[]> {
  const states: RunState[] = [];
  for (const run of runs) {
    const state = await stateOf(run);
    if (state.kind !== "unfinished") await keepLogOnly(run);
    states.push(state);
  }
  return states;
}

function stepsLeft({ settings }: AblationRun, state: RunState, { train }: TrainingData): number {
  if (state.kind !== "unfinished") return 0;
  return (settings.epochs - (state.from?.epoch ?? 0)) * countBatches(train, settings);
}
