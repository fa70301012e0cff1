import { interruptible, say } from "@sebench/cli";
import { InputError } from "@sebench/spec";
import { countBatches } from "../training/batches.ts";
import { openData, openEngine } from "../training/inputs.ts";
import { duration } from "../training/progress.ts";
import {
  type TrainingData,
  type TrainingEngine,
  trainNetwork,
  type TrainingObserver,
} from "../training/train-network.ts";
import { ablationDefaults } from "./ablation.ts";
import {
  type AblationFlags,
  type AblationRun,
  keepLogOnly,
  planRuns,
  type RunState,
  stateOf,
} from "./run.ts";

const diverged = 1;
const interrupted = 130;

/** Trains what is left of the paper's ablations, and returns the exit code. */
export async function trainAblations(flags: AblationFlags): Promise<number> {
  const runs = planRuns(flags);
  const data = await openData(flags, runs[0]!.settings);
  // A fault of a folder is told before hours are spent.
  const states = await statesOf(runs);
  const steps = runs.map((run, at) => remainingSteps(run, states[at]!, data));
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
 * Trains the runs that have not ended, in the order given. A run that diverges has ended
 * too, as the same settings would diverge again, and the others go on.
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

/** The state of each run. Removes the weights of runs that have ended, also where the removal was cut off before. */
async function statesOf(runs: readonly AblationRun[]): Promise<RunState[]> {
  const states: RunState[] = [];
  for (const run of runs) {
    const state = await stateOf(run);
    if (state.kind !== "unfinished") await keepLogOnly(run);
    states.push(state);
  }
  return states;
}

function remainingSteps(
  { settings }: AblationRun,
  state: RunState,
  { train }: TrainingData,
): number {
  if (state.kind !== "unfinished") return 0;
  return (settings.epochs - (state.from?.epoch ?? 0)) * countBatches(train, settings);
}

/** The number of steps for which one line is written where there is no terminal. */
const stepsPerLine = 100;

/** Shows how far the runs are on a line of the terminal that keeps changing, and each result on a line that stays. */
export interface AblationsProgress {
  /**
   * The observer of one run.
   *
   * @param index the run's place among all runs, from 0
   */
  observerOf(index: number, run: AblationRun): TrainingObserver;
  /** Says something on a line that stays. */
  note(text: string): void;
}

/**
 * Shows progress on a stream, which may be a terminal.
 *
 * @param stepsLeft the steps that are left of every run, which are 0 for a run that has ended
 * @param now the clock, in milliseconds
 */
export function ablationsProgress(
  stream: Pick<NodeJS.WriteStream, "write"> & { readonly isTTY?: boolean },
  stepsLeft: readonly number[],
  now: () => number,
): AblationsProgress {
  const began = now();
  let done = 0;
  const clear = stream.isTTY ? "\r\u001b[K" : "";
  const note = (text: string) => void stream.write(`${clear}${text}\n`);
  return {
    note,
    observerOf(index, { settings: { network, seed, epochs } }) {
      const place = `run ${index + 1} of ${stepsLeft.length}`;
      const later = stepsLeft.slice(index + 1).reduce((sum, steps) => sum + steps, 0);
      const name = `${network}, seed ${seed}`;
      return {
        step({ epoch, step, steps: all, outcome }) {
          done++;
          const time = duration(((now() - began) / done) * (all - step + later));
          const at = `epoch ${epoch}, step ${step}/${all}, loss ${outcome.loss.toFixed(3)}`;
          const line = `${place}, about ${time} left: ${name}: ${at}`;
          if (stream.isTTY) stream.write(`${clear}${line}`);
          else if (step % stepsPerLine === 0) stream.write(`${line}\n`);
        },
        epoch({ epoch, test }) {
          if (epoch < epochs || test === null) return;
          const error = (100 * (1 - test.top1)).toFixed(2);
          note(`${place}: ${name}: top-1 error ${error} % of ${test.images} test images`);
        },
      };
    },
  };
}
