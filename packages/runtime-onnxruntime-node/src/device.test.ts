import { describe, expect, it } from "vitest";
import { nodeDevices } from "./device.ts";

const profile = {
  providers: { CPUExecutionProvider: 60 },
  operators: { Conv: 60 },
  threads: { pool: 2, busy: 2 },
  gpuKernels: 0,
};

describe("the CPU", () => {
  const { doubt } = nodeDevices.cpu;

  it("is proven by a profile in which it ran every node with the threads asked for", () => {
    expect(doubt(profile, { threads: 2 })).toBeNull();
  });

  it("is proven with whatever threads the engine makes where none were asked for", () => {
    expect(doubt(profile, { threads: null })).toBeNull();
  });

  it("is not proven where the engine made other threads", () => {
    expect(doubt(profile, { threads: 4 })).toBe("4 threads were asked for, and the engine made 2");
  });

  it("is not proven where another provider ran a node", () => {
    const providers = { CPUExecutionProvider: 59, XnnpackExecutionProvider: 1 };
    expect(doubt({ ...profile, providers }, { threads: 2 })).toContain("1 on Xnnpack");
  });
});
