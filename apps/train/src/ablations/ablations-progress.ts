import { duration } from "../progress-line.ts";
import type { TrainingObserver } from "../train-network.ts";
import type { AblationRun } from "./ablation-run.ts";

/** Without a terminal, a line for so many steps. */
const stepsPerLine = 100;

/** Shows how far the runs are on a line of the terminal that keeps changing, and each result on one that stays. */
export interface AblationsProgress {
  /** @param index of the run among all, from 0 */
  observerOf(index: number, run: AblationRun): TrainingObserver;
  /** Says something on a line that stays. */
  note(text: string): void;
}

/**
 * @param stepsLeft of every run: 0 of one that has ended
 * @param now in milliseconds
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
