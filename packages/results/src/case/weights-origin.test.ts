import { expect, test } from "vitest";
import {
  describeWeights,
  sameWeights,
  untrainedPlain,
  type WeightsFile,
  type WeightsOrigin,
} from "./weights-origin.ts";

const file = (name: string, digit: string): WeightsFile => ({
  name,
  keys: "timm",
  sha256: digit.repeat(64),
});

const seeded = (seed: number): WeightsOrigin => ({ kind: "seeded", seed });

function checkpoint(se: WeightsFile, plain: WeightsFile | null = null): WeightsOrigin {
  return { kind: "checkpoint", files: { se, plain } };
}

const trained = (digit: string, dataset = "fashion-mnist"): WeightsOrigin => ({
  kind: "trained",
  dataset,
  hash: { plain: digit.repeat(64), se: "f".repeat(64) },
});

const [one, two] = [file("one", "1"), file("two", "2")];

test.each([
  [seeded(1), seeded(1)],
  [trained("1"), trained("1")],
  [checkpoint(one), checkpoint(file("renamed", "1"))],
  [checkpoint(one, two), checkpoint(one, two)],
])("%j and %j are the same weights", (here, there) => {
  expect(sameWeights(here, there)).toBe(true);
});

test.each([
  [seeded(1), seeded(2)],
  [seeded(1), checkpoint(one)],
  [seeded(1), trained("1")],
  [trained("1"), trained("2")],
  [trained("1"), checkpoint(one)],
  [checkpoint(one), checkpoint(file("one", "2"))],
  [checkpoint(one), checkpoint(one, two)],
  [checkpoint(one, two), checkpoint(one, one)],
  // One file may hold the weights and their moving average.
  [checkpoint(one), checkpoint({ ...one, prefix: "ema." })],
])("%j and %j are other weights", (here, there) => {
  expect(sameWeights(here, there)).toBe(false);
  expect(sameWeights(there, here)).toBe(false);
});

test.each([
  [seeded(3), "seeded with 3"],
  [trained("1"), "trained on fashion-mnist (SHA-256 SE ffffffffffffffff, plain 1111111111111111)"],
  [
    checkpoint(one),
    "SE of one (timm's keys, SHA-256 1111111111111111), plain of its tensors without the gates, never trained",
  ],
  [
    checkpoint({ ...one, keys: "legacy" }, { ...two, keys: "plain" }),
    "SE of one (legacy keys, SHA-256 1111111111111111), plain of two (plain keys, SHA-256 2222222222222222)",
  ],
])("%j is told", (origin, text) => {
  expect(describeWeights(origin)).toBe(text);
});

test("a plain member of its own file, or trained, has an accuracy; every other says what it is", () => {
  const pair = { plain: "resnet50", network: "se-resnet50" };
  expect(untrainedPlain(checkpoint(one, two), pair)).toBeNull();
  expect(untrainedPlain(trained("1"), pair)).toBeNull();
  expect(untrainedPlain(checkpoint(one), pair)).toMatch(
    /^resnet50 is se-resnet50 with its gates cut out\. It was never trained/,
  );
  expect(untrainedPlain(seeded(1), pair)).toContain("have learned nothing");
});
