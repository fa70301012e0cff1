import type { OkCase } from "@sebench/results";
import { expect, test } from "vitest";
import { accuracyOf } from "../testing/sample-accuracy.ts";
import { sampleCase } from "../testing/sample-run.ts";
import {
  accuracyCells,
  accuracyNote,
  accuracySentences,
  labelledCases,
  seAgainstPlain,
} from "./correctness.ts";

const right = sampleCase("tfjs-node/cpu");
const lost = sampleCase("tfjs-web/webgl");
const seeded = sampleCase("onnxruntime-node/cpu|node|se-resnet50");
const label = ({ runtime }: OkCase) => runtime;

const sameAsOracle = (correct: number, images: number) => ({
  correct,
  agreeing: images,
  onlyHere: 0,
  onlyOracle: 0,
});

function between(onlySe: number, onlyPlain: number): string {
  const plain = sameAsOracle(900, 1000);
  const se = sameAsOracle(900 + onlySe - onlyPlain, 1000);
  return seAgainstPlain(accuracyOf({ images: 1000, plain, se, onlySe, onlyPlain }));
}

// The values of p come from SciPy 1.17: binomtest(onlySe, onlySe + onlyPlain, 0.5).
test.each([
  [25, 10, "SE gains 1.5 points here, p = 0.017"],
  [2, 12, "SE loses 1.0 points here, p = 0.013"],
  [90, 10, "SE gains 8.0 points here, p < 0.001"],
  [5, 1, "these 1,000 images cannot tell SE and plain apart, p = 0.22"],
  [0, 0, "these 1,000 images cannot tell SE and plain apart, p = 1"],
])(
  "%i images that only SE has right, and %i that only plain has: %s",
  (onlySe, onlyPlain, text) => {
    expect(between(onlySe, onlyPlain)).toBe(text);
  },
);

test("cells tell shares with their intervals, and how often the class is the oracle's", () => {
  expect(accuracyCells(labelledCases([right])[0]!).slice(0, 5)).toEqual([
    "1,000",
    expect.stringMatching(/^91\.0 % \[89\.\d, 92\.\d\]$/),
    expect.stringMatching(/^92\.7 % \[90\.\d, 94\.\d\]$/),
    "all, 998 of 1,000",
    "SE 0 won, 1 lost, p = 1",
  ]);
});

test("the sentences of a work take the case with the most images, and name each loss", () => {
  const few = sampleCase("onnxruntime-web/webgpu|chromium|se-resnet20");
  expect(accuracySentences([few, seeded, right, lost], label)).toEqual([
    "On tfjs-node/cpu, top-1 on the first 1,000 test images of fashion-mnist is 91.0 % plain and 92.7 % with SE: SE gains 1.7 points here, p = 0.014.",
    "Accuracy is lost on tfjs-web/webgl: SE has 700 of 1,000 images right, 228 fewer than the oracle, p < 0.001.",
  ]);
});

test("where no labelled images were run nothing is said", () => {
  expect(accuracySentences([seeded], label)).toEqual([]);
  expect(accuracyNote(seeded)).toBe("");
});

test("a case's note says which member has lost accuracy", () => {
  expect(accuracyNote(lost)).toBe(
    "; top-1 91.0 % plain, 70.0 % SE on 1,000 images, ACCURACY LOST (SE)",
  );
  expect(accuracyNote(right)).not.toContain("LOST");
});
