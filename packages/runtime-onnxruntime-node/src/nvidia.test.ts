import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { listNvidiaGpus } from "@sebench/hardware";
import { summariseProfile, tryDevice } from "@sebench/onnxruntime";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nodeBinding, sessionOptions } from "./binding.ts";
import { nodeDevices } from "./device.ts";
import { hasNvidiaProviders } from "./nvidia.ts";
import { enginePackage, providerLibraries } from "./nvidia/provider-libraries.ts";
import { onnxruntimeNodeCuda, onnxruntimeNodeTensorrt } from "./runtime.ts";

async function recorded(name: string) {
  return summariseProfile(
    await readFile(new URL(`../testdata/${name}.json`, import.meta.url), "utf8"),
  );
}

const cuda = nodeBinding(onnxruntimeNodeCuda, "cuda", { threads: null });
const tensorrt = nodeBinding(onnxruntimeNodeTensorrt, "tensorrt", { threads: null });

const hasGpu = (await listNvidiaGpus()).length > 0;

afterEach(() => void vi.unstubAllEnvs());

describe("CUDA", () => {
  it("is not proven where one node fell back to the CPU", async () => {
    expect(await cuda.judge(await recorded("cuda-mul-on-cpu"), "fp32")).toMatchObject({
      device: "cuda",
      proven: false,
      reason: "not every node ran on CUDAExecutionProvider: 1 on CPUExecutionProvider",
    });
  });

  it("tells which of NVIDIA's libraries it found in the process", async () => {
    const { evidence } = await cuda.judge(await recorded("cuda"), "fp32");
    expect(evidence).toMatchObject({
      loaded: {
        driver: null,
        cudaRuntime: null,
        cublas: null,
        cudnn: null,
        tensorrt: null,
      },
    });
    expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
  });
});

describe("TensorRT", () => {
  it("is not proven where CUDA did its work", async () => {
    expect(await tensorrt.judge(await recorded("cuda"), "fp32")).toMatchObject({
      device: "tensorrt",
      proven: false,
      reason: expect.stringContaining("13 on CUDAExecutionProvider"),
    });
  });
});

it.skipIf(hasGpu)("is not proven in a process without NVIDIA's driver", async () => {
  expect(await cuda.judge(await recorded("cuda"), "fp32")).toMatchObject({
    proven: false,
    reason: "NVIDIA's driver, libcuda.so, is not in the process",
  });
});

it("tells of TF32 by the environment that the process was started with", async () => {
  vi.stubEnv("NVIDIA_TF32_OVERRIDE", undefined);
  if (!hasGpu) expect((await cuda.judge(await recorded("cuda"), "fp32")).tf32).toBe(true);
  vi.stubEnv("NVIDIA_TF32_OVERRIDE", "0");
  expect((await cuda.judge(await recorded("cuda"), "fp32")).tf32).toBe(false);
});

it.each(["cuda", "tensorrt", "webgpu"] as const)("%s is asked for alone", (device) => {
  const options = sessionOptions(nodeDevices[device], { threads: 2 });
  expect(options.executionProviders).toEqual([device]);
  expect(options.extra).toMatchObject({ session: { disable_cpu_ep_fallback: "1" } });
});

const hasLibraries = existsSync(path.join(enginePackage().binaries, providerLibraries.cuda));

/** These run onnxruntime itself, with nothing in its place. */
describe.skipIf(hasLibraries || hasGpu)("without a provider's library", () => {
  it.each([
    ["CUDA", cuda],
    ["TensorRT", tensorrt],
  ])("%s is unavailable, with a reason and a remedy", async (_, binding) => {
    expect(await binding.probe()).toEqual({
      ok: false,
      reason: expect.stringMatching(/NVIDIA GPU|Linux x64 only/),
      remedy: expect.stringMatching(/NVIDIA GPU/),
    });
  });

  it.runIf(hasNvidiaProviders)("no session starts, be it on the CPU", async () => {
    const starting = tryDevice(await cuda.start(), cuda.sessionOptions());
    await expect(starting).rejects.toThrow("Failed to load shared library");
  });
});
