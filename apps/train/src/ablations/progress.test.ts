import { expect, test } from "vitest";
import { planRuns } from "./run.ts";
import { ablationsProgress } from "./train-ablations.ts";

const [run] = planRuns({ augment: true });

/** A terminal or a file that keeps what is written to it. */
function stream(isTTY: boolean) {
  const written: string[] = [];
  const write = (text: string) => {
    written.push(text);
    return true;
  };
  return { isTTY, written, write };
}

const outcome = { loss: 0.5, correct: 100 };

// By hand, 100 of 400 steps take 60 s, and 300 steps of this run are left and 400 of the third, so 420 s.
test("the time left is that of this run and of the runs after it", () => {
  const file = stream(false);
  let now = 0;
  const progress = ablationsProgress(file, [400, 0, 400], () => now);
  const observer = progress.observerOf(0, run!);
  for (let step = 1; step <= 100; step++) {
    now = step * 600;
    observer.step({ epoch: 1, step, steps: 400, outcome });
  }
  expect(file.written).toEqual([
    "run 1 of 3, about 7 min left: resnet8, seed 1: epoch 1, step 100/400, loss 0.500\n",
  ]);
});

test("a terminal has one line that changes, and one of each result", () => {
  const terminal = stream(true);
  const progress = ablationsProgress(terminal, [400], () => 0);
  const observer = progress.observerOf(0, run!);
  observer.step({ epoch: 4, step: 399, steps: 400, outcome });
  observer.epoch({
    kind: "epoch",
    epoch: 4,
    loss: 0.5,
    trainTop1: 0.8,
    test: { images: 10_000, correct: 8765, top1: 0.8765 },
    seconds: 20,
  });
  expect(terminal.written).toEqual([
    "\r\u001b[Krun 1 of 1, about 0 s left: resnet8, seed 1: epoch 4, step 399/400, loss 0.500",
    "\r\u001b[Krun 1 of 1: resnet8, seed 1: top-1 error 12.35 % of 10000 test images\n",
  ]);
});
