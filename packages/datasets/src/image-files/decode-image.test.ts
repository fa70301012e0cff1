import { InputError } from "@sebench/spec";
import { expect, test } from "vitest";
import { loadDecoder } from "./image-files-dataset.ts";

test("a machine without a build of sharp is told what needs it", async () => {
  const cause = new Error('Could not load the "sharp" module using the linux-riscv64 runtime');
  const failure = loadDecoder(() => Promise.reject(cause));
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow("image folders need the package sharp");
  await expect(failure).rejects.toHaveProperty("cause", cause);
});
