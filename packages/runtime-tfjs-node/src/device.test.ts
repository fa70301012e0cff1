import { describe, expect, it } from "vitest";
import { tfjsNodeDevices } from "./device.ts";

const observation = { isUsingGpuDevice: false, threads: null, tf32: false, evidence: {} };

describe("the CPU", () => {
  const { doubt } = tfjsNodeDevices.cpu;

  it("is proven with whatever threads TensorFlow has where none were asked for", () => {
    expect(doubt({ ...observation, threads: 4 }, { threads: null })).toBeNull();
  });

  it("is not proven where a GPU computed", () => {
    const onGpu = { ...observation, isUsingGpuDevice: true };
    expect(doubt(onGpu, { threads: null })).toBe("tfjs-node computed on a GPU");
  });

  it("is not proven where its threads cannot be counted", () => {
    expect(doubt(observation, { threads: null })).toContain("cannot be counted");
  });
});

describe("CUDA", () => {
  const { doubt } = tfjsNodeDevices.cuda;
  const onGpu = { ...observation, isUsingGpuDevice: true };

  it("is proven where TensorFlow uses a GPU", () => {
    expect(doubt({ ...onGpu, tf32: true }, { threads: null })).toBeNull();
    expect(doubt(onGpu, { threads: null, tf32: false })).toBeNull();
  });

  it("is not proven where it may have rounded to TF32, which was to be off", () => {
    expect(doubt({ ...onGpu, tf32: true }, { threads: null, tf32: false })).toContain(
      "NVIDIA_TF32_OVERRIDE=0",
    );
  });
});
