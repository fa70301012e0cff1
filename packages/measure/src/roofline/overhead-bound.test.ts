import { buildNetwork } from "@sebench/spec";
import fc from "fast-check";
import { expect, test } from "vitest";
import { overheadBound, type Roofline } from "./overhead-bound.ts";

const pair = { plain: buildNetwork("resnet50"), se: buildNetwork("se-resnet50") };
const measured = { batch: 1, precision: "fp32", plainMs: 50 } as const;

function boundOf(roofline: Partial<Roofline>, options: Partial<typeof measured> = {}) {
  const given = { peakMacsPerSecond: Infinity, bytesPerSecond: Infinity, ...roofline };
  return overheadBound(given, pair, { ...measured, ...options });
}

/** The parameters, 4 * 1,587,888 bytes, take 0.6351552 ms at 10 GB/s, of 50 ms. */
test("where computing is free, the bound is the time to read SE's parameters", () => {
  const { milliseconds, ratio } = boundOf({ bytesPerSecond: 10e9 });
  expect(milliseconds).toBeCloseTo(0.635_155_2, 10);
  expect(ratio).toBeCloseTo(1.012_703_104, 10);
});

/** The 2,951,680 multiply-accumulates take 0.0295168 ms at 100 G/s. */
test("where reading is free, the bound is the time to compute", () => {
  expect(boundOf({ peakMacsPerSecond: 100e9 }).milliseconds).toBeCloseTo(0.029_516_8, 10);
});

/**
 * The layers that are read more slowly than they are computed hide their computing,
 * and the sums, which read nothing, do not: 1,379,840 at 100 G/s take 0.0137984 ms.
 */
test("a layer computes while it reads, and a sum has nothing to hide behind", () => {
  const { milliseconds } = boundOf({ peakMacsPerSecond: 100e9, bytesPerSecond: 10e9 });
  expect(milliseconds).toBeCloseTo(0.635_155_2 + 0.013_798_4, 10);
});

/**
 * The plain network does 4,089,184,256 multiply-accumulates (torchvision: 4.09 G) in 1 ms,
 * and reads 25,557,032 parameters.
 */
test("a plain network that is faster than the roofline raises it", () => {
  const nothing = { peakMacsPerSecond: 0, bytesPerSecond: 0 };
  const { peakMacsPerSecond, bytesPerSecond } = overheadBound(nothing, pair, {
    ...measured,
    plainMs: 1,
  });
  expect(peakMacsPerSecond).toBe(4_089_184_256_000);
  expect(bytesPerSecond).toBeCloseTo(25_557_032 * 4 * 1000, 0);
});

test("half-precision parameters are half the bytes", () => {
  const { bytes } = overheadBound({ peakMacsPerSecond: 1, bytesPerSecond: 1 }, pair, {
    ...measured,
    precision: "fp16",
  });
  expect(bytes).toBe(2 * 1_587_888);
});

test("a faster machine never has a higher bound", () => {
  const rate = fc.double({ min: 1e6, max: 1e15, noNaN: true });
  const factor = fc.double({ min: 1, max: 100, noNaN: true });
  fc.assert(
    fc.property(rate, rate, factor, (peakMacsPerSecond, bytesPerSecond, faster) => {
      const slow = boundOf({ peakMacsPerSecond, bytesPerSecond });
      const quick = boundOf({
        peakMacsPerSecond: peakMacsPerSecond * faster,
        bytesPerSecond: bytesPerSecond * faster,
      });
      expect(quick.ratio).toBeLessThanOrEqual(slow.ratio);
      expect(quick.ratio).toBeGreaterThan(1);
    }),
  );
});
