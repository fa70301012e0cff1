import { expect, test } from "vitest";
import { sampleEvaluation } from "../testing/sample-evaluation.ts";
import { summarizeEvaluation } from "./evaluation-record.ts";

const [first, second] = summarizeEvaluation(sampleEvaluation());

test("top-1 and top-5 count the images that are right", () => {
  expect(first!.plain.top1).toMatchObject({ count: 8, share: 0.8 });
  expect(first!.se.top1).toMatchObject({ count: 9, share: 0.9 });
  expect(first!.se.top5).toMatchObject({ count: 9 });
  // The interval is Wilson's for 9 of 10, from the literature.
  expect(first!.se.top1.interval[0]).toBeCloseTo(0.5958, 4);
  expect(first!.se.top1.interval[1]).toBeCloseTo(0.9821, 4);
});

test("the oracle is compared on the images that it was asked about", () => {
  // On image 2 the runtime says 3, and so does the oracle of the plain member.
  expect(first!.plain.oracle).toEqual({
    images: 3,
    agreeing: 3,
    onlyFirst: 0,
    onlySecond: 0,
    p: 1,
  });
  expect(first!.se.oracle).toEqual({ images: 3, agreeing: 3, onlyFirst: 0, onlySecond: 0, p: 1 });
});

test("a runtime is compared with the first, which is compared with none", () => {
  expect(first!.se.first).toBeNull();
  expect(second!.plain.first).toEqual({ agreeing: 10, onlyFirst: 0, onlySecond: 0, p: 1 });
  expect(second!.se.first).toEqual({ agreeing: 9, onlyFirst: 0, onlySecond: 1, p: 1 });
});

test("the members are compared on the same images", () => {
  expect(first!.seAgainstPlain).toEqual({ onlyFirst: 1, onlySecond: 0, p: 1 });
});

test("a NaN is never right", () => {
  const evaluation = sampleEvaluation();
  const [answer] = evaluation.answers;
  if (answer?.status !== "ok") throw new Error("the sample has no answers");
  const nan = { top: evaluation.labels.map(() => -1), rank: evaluation.labels.map(() => -1) };
  const [only] = summarizeEvaluation({ ...evaluation, answers: [{ ...answer, se: nan }] });
  expect(only!.se.top1.count).toBe(0);
  expect(only!.se.top5!.count).toBe(0);
});

test("a plain member that was never trained has no accuracy and no comparison", () => {
  const sample = sampleEvaluation();
  const file = { name: "se", keys: "timm", sha256: "a".repeat(64) } as const;
  const { hash } = sample.weights;
  for (const weights of [
    { kind: "checkpoint", files: { se: file, plain: null }, hash },
    { kind: "seeded", seed: 1, hash },
  ] as const) {
    const [cutOut] = summarizeEvaluation({ ...sample, weights });
    expect(cutOut!.plain).toEqual({
      top1: null,
      oracle: { images: 3, agreeing: 3 },
      first: null,
    });
    expect(cutOut!.seAgainstPlain).toBeNull();
    expect(cutOut!.se.top1.count).toBe(9);
  }
});
