import { expect, test } from "vitest";
import type { Watch } from "./host.ts";
import type { MeasureJob } from "./job.ts";
import { nodeHost, obituary } from "./node-host.ts";

const job: MeasureJob = {
  kind: "measure",
  runtime: "onnxruntime-node/cpu",
  engine: { threads: 1 },
  pair: {
    networks: { plain: "resnet20", se: "se-resnet20" },
    imageSize: 32,
    seed: 1,
    images: { dataset: "fashion-mnist", count: 2 },
  },
  lowering: "gemm",
  measure: { batch: 1, precision: "fp32", budgetMs: 600_000, minReplicas: 1, maxReplicas: 1 },
};
const watch = (timeoutMs: number, signal = new AbortController().signal): Watch => ({
  signal,
  timeoutMs,
  onProgress: () => {},
});

test("a case over its time is ended and says which flag allows more", async () => {
  const measured = nodeHost.measure(job, watch(4000));
  await expect(measured).rejects.toMatchObject({
    message: "it gave no answer within 4 s and was ended",
    remedy: expect.stringContaining("--timeout"),
  });
});

test("an interrupt ends a case at once, with the interrupt's reason", async () => {
  const interrupt = new AbortController();
  const measured = nodeHost.measure(job, {
    ...watch(60_000, interrupt.signal),
    onProgress: () => interrupt.abort(new Error("interrupted")),
  });
  await expect(measured).rejects.toThrow("interrupted");
});

test("an error in the process comes back with its message", async () => {
  const unknown = {
    ...job,
    pair: { ...job.pair, networks: { plain: "resnet20", se: "se-resnet21" } },
  };
  await expect(nodeHost.measure(unknown, watch(60_000))).rejects.toMatchObject({
    name: "JobError",
    message: 'there is no network "se-resnet21"',
    remedy: expect.stringContaining("resnet20"),
  });
});

test.each([
  [
    null,
    "SIGKILL",
    "",
    "its process was killed (SIGKILL), as the system does when memory runs out",
  ],
  [null, "SIGSEGV", "", "its process ended by SIGSEGV"],
  [134, null, "a\nb\nc\nd\n", "its process ended with code 134: b / c / d"],
])("code %s, signal %s is told in words", (code, signal, output, words) => {
  expect(obituary(code, signal, output)).toBe(words);
});
