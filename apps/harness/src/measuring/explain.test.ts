import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultCacheDirectory } from "@sebench/artifacts";
import { findBrowser } from "@sebench/hosts/testing";
import { readExplanation, writeExplanation } from "@sebench/results";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { type ExplainFlags, readExplainOptions } from "../flags/study-flags.ts";
import { benchHere } from "../testing/bench.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-explanation-"));
});
afterAll(() => rm(folder, { recursive: true }));

const asked = ["--network", "se-resnet8", "--budget", "1", "--threads", "1", "--no-fetch"];

test.each([
  // The network has three blocks; on the CPU, onnxruntime's own layout has to be left for SE.
  { runtime: "onnxruntime-node/cpu", layout: true, replicas: 5 },
  { runtime: "onnxruntime-web/wasm", layout: false, replicas: 4 },
])(
  "the command leaves a record that adds up, on $runtime",
  async ({ runtime, layout, replicas }) => {
    const out = join(folder, runtime.replace("/", "-"));
    const where = ["--runtime", runtime, "--host", "node", "--lowering", "gemm", "--out", out];
    const { code, stdout, stderr } = await benchHere("explain", ...asked, ...where);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("Unexplained");
    const record = await readExplanation(out);
    expect(record).toMatchObject({ network: "se-resnet8", clock: "host", replicas });
    const operators = (name: string) =>
      record.parts
        .find(({ part }) => part === name)!
        .operators.map(({ op, kernels }) => [op, kernels]);
    expect(operators("scale")).toEqual([["Mul", { plain: 0, se: 3 }]]);
    expect(operators("squeeze")).toEqual([["GlobalAveragePool", { plain: 0, se: 3 }]]);
    // The plain network fuses an Add into a convolution.
    expect(operators("fusions").map(([op]) => op)).toEqual(expect.arrayContaining(["Add", "Conv"]));
    expect(operators("layout").length > 0).toBe(layout);
    const parts = record.parts.reduce((sum, { ms }) => sum + ms, 0);
    expect(parts + record.around.ms + record.unexplained.ms).toBeCloseTo(record.measured.ms, 9);
    const staged = record.stages.reduce((sum, { ms }) => sum + ms, 0);
    expect(staged).toBeCloseTo(parts, 9);
    for (const file of ["explanation.md", "explanation.html"]) {
      expect(await readFile(join(out, file), "utf8")).toContain("se-resnet8");
    }
  },
  90_000,
);

const browser = await findBrowser({ cacheDirectory: defaultCacheDirectory() });

test.skipIf(!browser.ok)(
  "a case in a browser is measured before the browser's server is closed",
  async () => {
    const where = ["--runtime", "onnxruntime-web/wasm", "--host", "chromium"];
    const out = join(folder, "chromium");
    const { code, stderr } = await benchHere("explain", ...asked, ...where, "--out", out);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    expect((await readExplanation(out)).host).toBe("chromium");
  },
  120_000,
);

test("a record whose parts do not add up is refused", async () => {
  const record = await readExplanation(join(folder, "onnxruntime-node-cpu"));
  const measured = { ...record.measured, ms: record.measured.ms + 1 };
  await expect(writeExplanation(folder, { ...record, measured })).rejects.toThrow("do not add up");
});

describe("what cannot be explained is refused with a remedy:", () => {
  const flags: ExplainFlags = {
    network: "se-resnet8",
    runtime: "onnxruntime-node/cpu",
    batch: "1",
    port: "0",
    fetch: false,
  };

  it.each<[string, Partial<ExplainFlags>, string]>([
    ["a network without SE", { network: "resnet8" }, "--network se-resnet8"],
    ["a lowering that is not known", { lowering: ["nope"] }, "gemm"],
    ["several runtimes", { runtime: "onnxruntime-node/cpu,tfjs-web/wasm" }, "--runtime onnx"],
    ["several batches", { batch: "1,8" }, "give one, such as --batch 1"],
    ["several lowerings", { lowering: ["gemm,conv1x1"] }, "give one, such as --lowering gemm"],
  ])("%s", (_, other, remedy) => {
    expect(() => readExplainOptions({ ...flags, ...other })).toThrowError(
      expect.objectContaining({ name: "InputError", remedy: expect.stringContaining(remedy) }),
    );
  });
});
