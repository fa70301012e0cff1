import { beforeEach, describe, expect, it } from "vitest";
import { tfjsNodeBinding } from "./binding.ts";
import { type Addon, findAddon } from "./find-addon.ts";
import { tfjsNodeCuda } from "./runtime.ts";

let cpuAddon: Addon | null;

beforeEach(async ({ skip }) => {
  cpuAddon = await findAddon("cpu");
  if (!cpuAddon) skip("tfjs-node's addon has not been fetched: pnpm bench doctor --fix");
});

/** A binding of cuda with the addon and the libtensorflow that have no GPU. */
const withoutGpu = () =>
  tfjsNodeBinding(tfjsNodeCuda, "cuda", { threads: null }, async () => cpuAddon);

describe("tfjs-node without a GPU, asked for cuda", () => {
  it("is not available", async () => {
    expect(await withoutGpu().probe()).toEqual({
      ok: false,
      reason: expect.stringMatching(
        /^tfjs-node computed on the CPU: TensorFlow found no GPU, without libcuda\.so\.1, .*libcudnn\.so\.8$/,
      ),
      remedy: expect.stringContaining("CUDA 11.2"),
    });
  });

  it("is not proven, though its network runs", async () => {
    const binding = withoutGpu();
    const run = {
      backend: "tensorflow",
      kernels: { Conv2D: 1 },
      forms: binding.forms,
      precision: "fp32",
    } as const;
    expect(await binding.judge(run)).toMatchObject({
      device: "cuda",
      proven: false,
      reason: "tfjs-node computed on the CPU: TensorFlow found no GPU",
      evidence: { isUsingGpuDevice: false },
    });
  });
});
