import type { BoundedPair } from "@sebench/report";
import { describe, expect, it } from "vitest";
import { benchHere } from "../testing/bench.ts";

describe("bench bound", () => {
  const onCpu = ["bound", "--runtime", "onnxruntime-node/cpu", "--network", "se-resnet8"];

  /**
   * The network has three blocks that end in 3x3 convolutions, of 16, 32 and 64 channels, with 1, 2
   * and 4 hidden ones, over 32, 16 and 8 pixels: 28,672 sums, 672 weights, 119 biases.
   */
  it("measures a pair, and bounds its overhead by SE's work", { timeout: 120_000 }, async () => {
    const { code, stdout } = await benchHere(
      ...onCpu,
      ..."--lowering gemm --threads 1 --budget 1 --json".split(" "),
    );
    expect(code).toBe(0);
    const [pair, ...others] = JSON.parse(stdout) as BoundedPair[];
    expect(others).toEqual([]);
    const { bound, plainMs } = pair!;
    expect(bound).toMatchObject({ bytes: 4 * (672 + 119), macs: 28_672 + 672 });
    // The plain network has 12.5 M multiply-accumulates, and has just done them.
    expect(bound.peakMacsPerSecond * (plainMs / 1000)).toBeGreaterThan(12e6);
    // The rate is below one core's 64 lanes in each cycle of 6 GHz.
    expect(bound.peakMacsPerSecond).toBeLessThan(64 * 6e9);
    expect(bound.ratio).toBeGreaterThan(1);
    expect(bound.ratio).toBeLessThan(1.02);
  });

  it.each([
    [["--budget", "none"], "--budget"],
    [["--size", "0"], "--size"],
  ])("refuses %j", { timeout: 60_000 }, async (flags, cause) => {
    const { code, stderr } = await benchHere(...onCpu, ...flags);
    expect(code).toBe(2);
    expect(stderr).toContain(cause);
  });
});
