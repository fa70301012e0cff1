import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { expect, test, vi } from "vitest";
import { measurePair, NotMeasuredError } from "./measure-pair.ts";

const runtime = "onnxruntime-node/cpu";

test.each([
  [{ network: "se-resnet51", runtime } as const, "se-resnet51"],
  [{ network: "se-resnet8", runtime, host: "chromium" } as const, "chromium"],
  [{ network: "se-resnet8", runtime, precision: "fp16" } as const, "fp16"],
  [{ network: "se-resnet8", runtime, lowering: "fast" } as const, "fast"],
])("%j is bad input, and the error names what is", async (options, named) => {
  const measuring = measurePair({ ...options, fetch: false });
  await expect(measuring).rejects.toThrow(InputError);
  await expect(measuring).rejects.toThrow(named);
});

test("what is not available is an error with a reason and a remedy", async () => {
  const empty = await mkdtemp(join(tmpdir(), "sebench-measure-"));
  vi.stubEnv("PATH", empty);
  vi.stubEnv("SEBENCH_CACHE", empty);
  vi.stubEnv("SEBENCH_BUN", "");
  try {
    const measuring = measurePair({ network: "se-resnet8", runtime, host: "bun", fetch: false });
    const error = await measuring.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(NotMeasuredError);
    expect(error).toMatchObject({
      message: expect.stringContaining("no Bun that starts"),
      remedy: expect.stringContaining("bun.sh"),
      record: { status: "unavailable", network: "se-resnet8" },
    });
  } finally {
    vi.unstubAllEnvs();
    await rm(empty, { recursive: true });
  }
});
