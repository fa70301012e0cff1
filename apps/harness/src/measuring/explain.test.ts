import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultCacheDirectory } from "@sebench/artifacts";
import { findBrowser } from "@sebench/hosts/testing";
import { lower } from "@sebench/lowering";
import {
  type ExplanationRecord,
  readDifferences,
  readExplanation,
  writeExplanation,
} from "@sebench/results";
import { buildNetwork } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
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
    const files = ["--trace", `${out}-trace.json`, "--node-data", `${out}-nodes.json`];
    const { code, stdout, stderr } = await benchHere("explain", ...asked, ...where, ...files);
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
    await expectFiles(record, { trace: `${out}-trace.json`, nodes: `${out}-nodes.json` });
    for (const file of ["explanation.md", "explanation.html"]) {
      expect(await readFile(join(out, file), "utf8")).toContain("se-resnet8");
    }
  },
  90_000,
);

interface SliceEvent {
  readonly ph: string;
  readonly ts: number;
  readonly tid: number;
  readonly args?: { readonly op?: string };
}

/** Holds the files for other programs against the record, and against the network's own nodes. */
async function expectFiles(record: ExplanationRecord, files: { trace: string; nodes: string }) {
  const { traceEvents } = JSON.parse(await readFile(files.trace, "utf8"));
  for (const [index, member] of (["plain", "se"] as const).entries()) {
    const own: SliceEvent[] = traceEvents.filter(({ tid }: SliceEvent) => tid === index + 1);
    const { profiledMs, kernels } = record.profiler.members[member];
    expect(own.at(-1)!.ts / 1000).toBeCloseTo(profiledMs, 3);
    expect(own.filter(({ ph, args }) => ph === "B" && args?.op !== undefined)).toHaveLength(
      kernels,
    );
  }
  const { results } = JSON.parse(await readFile(files.nodes, "utf8"));
  const network = buildNetwork(record.network);
  const lowered = lower(network, seededWeights(network, 1), record.lowering).network;
  const names = lowered.nodes.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(results)));
  expect(Object.keys(results)).toEqual(
    expect.arrayContaining(names.filter((name) => /squeeze.pool|scale.mul/.test(name))),
  );
}

test.each([
  ["--trace", "trace.txt", "--trace trace.json"],
  ["--node-data", "nowhere/nodes.json", "a folder that exists"],
])("%s %s is refused before anything is measured", async (flag, file, remedy) => {
  const { code, stderr } = await benchHere("explain", ...asked, flag, join(folder, file));
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(remedy) });
});

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

test.skipIf(!browser.ok)(
  "an engine without kernel times is explained by differences, which say so",
  async () => {
    const out = join(folder, "differences");
    const where = ["--runtime", "litert-web/wasm", "--host", "chromium", "--lowering", "gemm"];
    const { code, stdout, stderr } = await benchHere("explain", ...asked, ...where, "--out", out);
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("LiteRT.js tells no times of its operators");
    const record = await readDifferences(out);
    const { measured, squeeze, excite, scale, rest, latencyMs } = record;
    expect(squeeze.ms + excite.ms + scale.ms + rest.ms).toBeCloseTo(measured.ms, 9);
    for (const { ms, interval } of [measured, squeeze, excite, scale, rest]) {
      expect(interval![0]).toBeLessThan(ms);
      expect(interval![1]).toBeGreaterThan(ms);
    }
    expect(Object.values(latencyMs).every((ms) => ms > 0)).toBe(true);
    expect(record.attestation).toMatchObject({
      plain: { device: "wasm", threads: 1 },
      se: { device: "wasm", threads: 1 },
    });
    for (const file of ["explanation.md", "explanation.html"]) {
      expect(await readFile(join(out, file), "utf8")).toContain("without an excitation");
    }
    // A record of kernels has another schema, and says so.
    await expect(readExplanation(out)).rejects.toThrow("sebench-differences/1");
  },
  120_000,
);

test.each(["--trace", "--node-data"])(
  "%s is refused where the engine tells of no kernels",
  async (flag) => {
    const where = ["--runtime", "litert-web/wasm", flag, join(folder, "kernels.json")];
    const { code, stderr } = await benchHere("explain", ...asked, ...where);
    expect(code).toBe(2);
    expect(stderr).toContain(`leave ${flag} out`);
  },
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
