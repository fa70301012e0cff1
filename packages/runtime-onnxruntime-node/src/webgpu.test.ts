import { expect, it } from "vitest";
import { onnxruntimeNodeWebgpu } from "./runtime.ts";

/** The manifest named here does not exist. It stays named, since this file has a process of its own. */
process.env["VK_ICD_FILENAMES"] = "/nonexistent_icd.json";

it.runIf(process.platform === "linux")(
  "without a driver is unavailable, never the CPU",
  async () => {
    await using engine = await onnxruntimeNodeWebgpu.load({ threads: 2 });
    expect(await engine.probe()).toEqual({
      ok: false,
      reason: expect.stringMatching(/nonexistent_icd\.json|Vulkan loader/),
      remedy: expect.stringMatching(/VK_ICD_FILENAMES|libvulkan1/),
    });
  },
);
