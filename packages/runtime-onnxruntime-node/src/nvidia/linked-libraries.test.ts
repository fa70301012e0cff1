import path from "node:path";
import { expect, it } from "vitest";
import { linkedLibraries } from "./linked-libraries.ts";
import { enginePackage } from "./provider-libraries.ts";

it.runIf(process.platform === "linux")("asks the system of a real library", async () => {
  const core = path.join(enginePackage().binaries, "libonnxruntime.so.1");
  const { found, missing } = await linkedLibraries(core);
  expect(found).toContain("libstdc++.so.6");
  expect(missing).toEqual([]);
});

it("tells nothing of what is no library", async () => {
  const nothing = { found: [], missing: [] };
  expect(await linkedLibraries(import.meta.filename)).toEqual(nothing);
  expect(await linkedLibraries("/nonexistent.so")).toEqual(nothing);
});
