import { expect, test } from "vitest";
import { type LabelledAnswers, measureAccuracy } from "./accuracy.ts";

/** Logits of two classes, whose larger one is of the class given; both are NaN for null. */
const saying = (...classes: readonly (0 | 1 | null)[]): number[] =>
  classes.flatMap((each) => (each === null ? [1, NaN] : each === 0 ? [2, -1] : [-1, 2]));

/**
 * Answers to ten images of class 0, of which the oracle has nine right with SE and eight without.
 */
const answers: LabelledAnswers = {
  dataset: "fashion-mnist",
  classes: 2,
  labels: Array.from({ length: 10 }, () => 0),
  oracle: {
    plain: saying(0, 0, 0, 0, 0, 0, 0, 0, 1, 1),
    se: saying(0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
  },
};

test("a runtime that says what the oracle says is as accurate as it", () => {
  const { images, plain, se, seAgainstPlain } = measureAccuracy(answers.oracle, answers);
  expect(images).toBe(10);
  expect([plain.correct, se.correct]).toEqual([8, 9]);
  expect(se).toMatchObject({
    top1: 0.9,
    oracle: { agreeing: 10, top1: 0.9, onlyHere: 0, onlyOracle: 0, p: 1 },
  });
  expect(seAgainstPlain).toEqual({ onlySe: 1, onlyPlain: 0, p: 1 });
});

test("the interval is Wilson's", () => {
  // Wilson 1927: (9 + z²/2 ± z sqrt(9 · 1 / 10 + z²/4)) / (10 + z²), with z = 1.96.
  const [low, high] = measureAccuracy(answers.oracle, answers).se.interval;
  expect(low).toBeCloseTo(0.5958, 4);
  expect(high).toBeCloseTo(0.9821, 4);
});

test("images that only the one or the other has right are counted, and tested", () => {
  const se = saying(1, 1, 1, 1, 1, 1, 1, 1, 1, 0);
  const { oracle } = measureAccuracy({ ...answers.oracle, se }, answers).se;
  // One of ten discordant images is right: 2 · (1 + 10) / 2^10.
  expect(oracle).toMatchObject({ agreeing: 0, top1: 0.9, onlyHere: 1, onlyOracle: 9 });
  expect(oracle.p).toBeCloseTo(22 / 1024, 12);
});

test("an image whose logits hold a NaN is wrong, and agrees with nobody", () => {
  const se = saying(null, 0, 0, 0, 0, 0, 0, 0, 0, 1);
  const accuracy = measureAccuracy({ ...answers.oracle, se }, answers);
  expect(accuracy.se).toMatchObject({ correct: 8, oracle: { agreeing: 9, onlyOracle: 1 } });
});

test("the first images are judged where there was no time for all", () => {
  const both = { plain: saying(0, 0, 1, 0), se: saying(0, 0, 0, 1) };
  const { images, plain, se, seAgainstPlain } = measureAccuracy(both, answers);
  expect(images).toBe(4);
  expect(plain.oracle.top1).toBe(1);
  expect(se).toMatchObject({ correct: 3, top1: 0.75 });
  expect(seAgainstPlain).toEqual({ onlySe: 1, onlyPlain: 1, p: 1 });
});

test.each([
  ["of other numbers of images", { plain: saying(0), se: saying(0, 0) }],
  ["of half an image", { plain: [1, 2, 3], se: [1, 2, 3] }],
  ["of no image", { plain: [], se: [] }],
  [
    "of more images than have labels",
    {
      plain: [...(answers.oracle.plain as number[]), 1, 2],
      se: [...(answers.oracle.se as number[]), 1, 2],
    },
  ],
])("logits %s are an error", (_what, logits) => {
  expect(() => measureAccuracy(logits, answers)).toThrow("logits of 2 classes");
});
