import type { EpochEntry } from "./log.ts";
import type { TrainingObserver } from "./train-network.ts";

/** The number of steps for which one line is written where there is no terminal. */
const stepsPerLine = 50;

/** Shows training on a line of the terminal that keeps changing, and each epoch on a line that stays. */
export function progressLine(stream: NodeJS.WriteStream, name: string): TrainingObserver {
  const began = performance.now();
  let first: number | null = null;
  return {
    step({ epoch, step, steps, outcome }) {
      first ??= step - 1;
      const left = ((performance.now() - began) / (step - first)) * (steps - step);
      const line = `${name}: epoch ${epoch}, step ${step}/${steps}, loss ${outcome.loss.toFixed(3)}, ${duration(left)} left`;
      if (stream.isTTY) stream.write(`\r\u001b[K${line}`);
      else if (step % stepsPerLine === 0) stream.write(`${line}\n`);
    },
    epoch(entry) {
      stream.write(`${stream.isTTY ? "\r\u001b[K" : ""}${name}: ${describeEpoch(entry)}\n`);
    },
  };
}

function describeEpoch({ epoch, loss, trainTop1, test, seconds }: EpochEntry): string {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const tested = test === null ? "" : `${percent(test.top1)} of ${test.images} test images; `;
  return (
    `epoch ${epoch}: loss ${loss.toFixed(3)}, ${percent(trainTop1)} of the training images; ` +
    `${tested}${duration(seconds * 1000)}`
  );
}

/** A time in words: in seconds below 100, otherwise in minutes. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 100 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
