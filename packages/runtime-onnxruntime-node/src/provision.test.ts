import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { listNvidiaGpus } from "@sebench/hardware";
import { expect, it } from "vitest";
import { enginePackage, onnxruntimeNode } from "./nvidia/provider-libraries.ts";
import { onnxruntimeNodeProvisions } from "./provision.ts";
import { onnxruntimeNodeCuda, onnxruntimeNodeTensorrt, onnxruntimeNodeWebgpu } from "./runtime.ts";

const hasGpu = (await listNvidiaGpus()).length > 0;

it("has something to fetch for each device that needs more than its package", () => {
  const runtimes = onnxruntimeNodeProvisions
    .filter(({ name }) => name !== "onnxruntime-node from npm")
    .flatMap((provision) => provision.runtimes);
  expect(runtimes).toEqual(
    [onnxruntimeNodeCuda, onnxruntimeNodeTensorrt, onnxruntimeNodeWebgpu].map(({ id }) => id),
  );
});

it.skipIf(hasGpu)(
  "does not fetch CUDA's providers for a machine without an NVIDIA GPU",
  async () => {
    const empty = await mkdtemp(path.join(os.tmpdir(), "sebench-provision-"));
    try {
      const providers = onnxruntimeNodeProvisions.find(({ name }) => name.includes("providers"));
      expect(await providers!.missing(empty)).toBeNull();
    } finally {
      await rm(empty, { recursive: true });
    }
  },
);

it("fetches the version that the repository is tested with", () => {
  expect(onnxruntimeNode.version).toBe(enginePackage().version);
});
