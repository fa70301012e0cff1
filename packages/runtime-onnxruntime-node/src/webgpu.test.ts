import { expect, it } from "vitest";
import { onnxruntimeNodeWebgpu } from "./runtime.ts";

/** A driver that is none; this file has a process of its own, in which it stays so. */
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
