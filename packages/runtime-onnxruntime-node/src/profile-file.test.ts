import { existsSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { recordProfile } from "./binding.ts";

it("leaves no file behind", async () => {
  const recording = await recordProfile();
  const folder = path.dirname(recording.options.profileFilePrefix!);
  expect(existsSync(folder)).toBe(true);
  await recording[Symbol.asyncDispose]();
  expect(existsSync(folder)).toBe(false);
});
