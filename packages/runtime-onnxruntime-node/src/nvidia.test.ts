import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { listNvidiaGpus } from "@sebench/gpu";
import { summariseProfile, tryDevice } from "@sebench/onnxruntime";
import { afterEach, describe, expect, it, vi } from "vitest";
import { nodeBinding } from "./binding.ts";
import { nodeDevices } from "./device.ts";
import { enginePackage } from "./engine-package.ts";
import { hasNvidiaProviders } from "./nvidia.ts";
import { providerLibraries } from "./provider-libraries.ts";
import { onnxruntimeNodeCuda, onnxruntimeNodeTensorrt } from "./runtime.ts";
import { sessionOptions } from "./session-options.ts";

async function recorded(name: string) {
  return summariseProfile(
    await readFile(new URL(`../testdata/${name}.json`, import.meta.url), "utf8"),
  );
}

const cuda = nodeBinding(onnxruntimeNodeCuda, "cuda", { threads: null });
const strictCuda = nodeBinding(onnxruntimeNodeCuda, "cuda", { threads: null, tf32: false });
const tensorrt = nodeBinding(onnxruntimeNodeTensorrt, "tensorrt", { threads: null });

afterEach(() => void vi.unstubAllEnvs());

describe("CUDA", () => {
  it("is proven by a profile in which it ran every node", async () => {
    expect(await cuda.judge(await recorded("cuda"))).toMatchObject({
      device: "cuda",
      proven: true,
      reason: null,
      threads: null,
    });
  });

  it("is not proven where one node fell back to the CPU", async () => {
    expect(await cuda.judge(await recorded("cuda-mul-on-cpu"))).toMatchObject({
      device: "cuda",
      proven: false,
      reason: "not every node ran on CUDAExecutionProvider: 1 on CPUExecutionProvider",
    });
  });

  it("tells which of NVIDIA's libraries it found in the process", async () => {
    const { evidence } = await cuda.judge(await recorded("cuda"));
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
    expect(await tensorrt.judge(await recorded("cuda"))).toMatchObject({
      device: "tensorrt",
      proven: false,
      reason: expect.stringContaining("13 on CUDAExecutionProvider"),
    });
  });
});

describe("a wish to do without TF32", () => {
  it("is not proven to be met without NVIDIA_TF32_OVERRIDE=0", async () => {
    vi.stubEnv("NVIDIA_TF32_OVERRIDE", undefined);
    expect(await strictCuda.judge(await recorded("cuda"))).toMatchObject({
      proven: false,
      reason: expect.stringContaining("NVIDIA_TF32_OVERRIDE=0"),
      tf32: true,
    });
  });

  it("is met where the process was started with it", async () => {
    vi.stubEnv("NVIDIA_TF32_OVERRIDE", "0");
    const attestation = await strictCuda.judge(await recorded("cuda"));
    expect(attestation).toMatchObject({ proven: true, tf32: false });
  });
});

it.each(["cuda", "tensorrt", "webgpu"] as const)("%s is asked for alone", (device) => {
  const options = sessionOptions(nodeDevices[device], { threads: 2 });
  expect(options.executionProviders).toEqual([device]);
  expect(options.extra).toMatchObject({ session: { disable_cpu_ep_fallback: "1" } });
});

const hasLibraries = existsSync(path.join(enginePackage().binaries, providerLibraries.cuda));
const hasGpu = (await listNvidiaGpus()).length > 0;

/** What onnxruntime itself does: nothing here stands in for it. */
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
