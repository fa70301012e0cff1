import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultCacheDirectory } from "@sebench/artifacts";
import { type FileMembers, type MeasureJob, type ProveJob, writeRunInputs } from "@sebench/jobs";
import {
  classicGate,
  externalTensor,
  mapIn,
  model,
  node,
  tensor,
  TestGraph,
  valueInfo,
} from "@sebench/models/testing";
import type { ModelFileDescription } from "@sebench/pairs";
import type { NamedTensor, RuntimeId } from "@sebench/runtime";
import { afterAll, describe, expect, test } from "vitest";
import { openChromiumHost } from "./chromium/chromium-host.ts";
import { findBrowser } from "./chromium/find-browser.ts";
import type { JobHost, Watch } from "./host/host.ts";
import { processHost } from "./processes/process-host.ts";
import { thisNode } from "./processes/program.ts";

const folder = mkdtempSync(join(tmpdir(), "model-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Keeps bytes in the test's folder and gives the description of the file. */
function keep(name: string, bytes: Uint8Array, external: readonly string[] = []) {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return { path, external, sizes: {} } satisfies ModelFileDescription;
}

/** A model of two inputs and two outputs, `sum = x * scale + x` and `twice = count + count`. */
function twoOfEach(scale: number): Uint8Array {
  const int64 = 7;
  return model({
    nodes: [
      node("Mul", ["x", "scale"], ["scaled"]),
      node("Add", ["scaled", "x"], ["sum"]),
      node("Add", ["count", "count"], ["twice"]),
    ],
    constants: [tensor("scale", [], [scale])],
    inputs: [valueInfo("x", ["n", 2]), valueInfo("count", [2], int64)],
    outputs: [valueInfo("sum", ["n", 2]), valueInfo("twice", [2], int64)],
  });
}

/** The same sum, with its scale in a file beside the model. */
function scaleBeside(location: string): Uint8Array {
  return model({
    nodes: [node("Mul", ["x", "scale"], ["scaled"]), node("Add", ["scaled", "x"], ["sum"])],
    constants: [externalTensor("scale", [2], { location, offset: "0", length: "8" })],
    inputs: [valueInfo("x", [1, 2])],
    outputs: [valueInfo("sum", [1, 2])],
  });
}

const x = (...values: readonly number[]): NamedTensor => {
  return { name: "x", type: "float32", shape: [1, 2], data: Float32Array.from(values) };
};
// More than a double can tell apart, so that a number on the way would show.
const large = 2n ** 60n + 1n;
const count: NamedTensor = {
  name: "count",
  type: "int64",
  shape: [2],
  data: BigInt64Array.of(-3n, large),
};

function inputsOf(name: string, runs: readonly (readonly NamedTensor[])[]): string {
  const path = join(folder, name);
  writeFileSync(path, writeRunInputs(runs));
  return path;
}

const members: FileMembers = {
  kind: "files",
  files: [keep("one.onnx", twoOfEach(1)), keep("three.onnx", twoOfEach(3))],
  inputs: inputsOf("two-of-each", [
    [x(1, 2), count],
    [x(-5, 0.5), count],
  ]),
};
const onEngine = (runtime: RuntimeId) => ({ runtime, engine: { threads: 1 } });
const measure = {
  batch: 1,
  precision: "fp32",
  budgetMs: 300,
  minReplicas: 1,
  maxReplicas: 1,
} as const;
const proving = (runtime: RuntimeId, of: FileMembers): ProveJob => {
  return { kind: "prove", ...onEngine(runtime), members: of, measure };
};
const watch: Watch = {
  signal: new AbortController().signal,
  timeoutMs: 60_000,
  onProgress: () => {},
};

const found = await findBrowser({ cacheDirectory: defaultCacheDirectory() });
const chromium = async () => {
  if (!found.ok) throw new Error(found.reason);
  return openChromiumHost(found, { path: null, headed: false, port: 0 });
};
const places: readonly (readonly [RuntimeId, string, () => Promise<JobHost>])[] = [
  ["onnxruntime-node/cpu", "node", async () => processHost(thisNode)],
  ["onnxruntime-web/wasm", "node", async () => processHost(thisNode)],
  ...(found.ok ? [["onnxruntime-web/wasm", "chromium", chromium] as const] : []),
];

describe.each(places)("files on %s in %s", (runtime, _host, open) => {
  test("each gives all its outputs for each run, integers to the last digit", async () => {
    await using host = await open();
    const { proofs } = await host.run(proving(runtime, members), watch);
    const sums = [
      [Float32Array.of(2, 4), Float32Array.of(-10, 1)],
      [Float32Array.of(4, 8), Float32Array.of(-20, 2)],
    ];
    for (const [file, { outputs, attestation, logits }] of proofs.entries()) {
      const twice = { name: "twice", type: "int64", shape: [2] };
      const data = BigInt64Array.of(-6n, 2n * large);
      const expected = sums[file]!.map((sum) => [
        { name: "sum", type: "float32", shape: [1, 2], data: sum },
        { ...twice, data },
      ]);
      expect(outputs).toEqual(expected);
      expect(logits).toHaveLength(0);
      expect(attestation).toMatchObject({ proven: true, reason: null });
    }
  });

  test("two are measured in the same rounds, and one by itself", async () => {
    await using host = await open();
    const job: MeasureJob = {
      kind: "measure",
      ...onEngine(runtime),
      members,
      measure,
      labelled: null,
    };
    const together = await host.run(job, watch);
    const [first, second] = together.replicas[0]!.members;
    expect(second!.samplesMs).toHaveLength(first!.samplesMs.length);
    expect(second!.samplesMs.length).toBeGreaterThanOrEqual(5);
    const alone = await host.run(
      { ...job, members: { ...members, files: members.files.slice(0, 1) } },
      watch,
    );
    expect(alone.replicas[0]!.members).toHaveLength(1);
    expect(alone.proofs[0]!.outputs).toEqual(together.proofs[0]!.outputs);
  });

  test("weights beside a file are found", async () => {
    await using host = await open();
    writeFileSync(join(folder, "scale.bin"), new Uint8Array(Float32Array.of(2, 10).buffer));
    const beside: FileMembers = {
      kind: "files",
      files: [keep("beside.onnx", scaleBeside("scale.bin"), ["scale.bin"])],
      inputs: inputsOf("x-alone", [[x(1, 1)]]),
    };
    const { proofs } = await host.run(proving(runtime, beside), watch);
    expect(proofs[0]!.outputs![0]![0]!.data).toEqual(Float32Array.of(3, 11));
  });

  test("inputs that are not the file's are refused with the names of its own", async () => {
    await using host = await open();
    const wrong = { ...members, inputs: inputsOf("no-count", [[x(1, 2)]]) };
    await expect(host.run(proving(runtime, wrong), watch)).rejects.toMatchObject({
      message: "the model needs the input count",
      remedy: "give it x, count",
    });
  });
});

const image: NamedTensor = {
  name: "image",
  type: "float32",
  shape: [1, 3, 6, 6],
  data: Float32Array.from({ length: 108 }, (_, at) => Math.sin(at)),
};

/** A classic SE block whose mean over space is the output, as logits are. */
function imported(): ModelFileDescription {
  const own = new TestGraph();
  const map = mapIn(own);
  const product = own.add("Mul", [map, classicGate(own, map)]);
  const logits = own.add("Flatten", [own.add("GlobalAveragePool", [product])]);
  return { ...keep("imported.onnx", own.model(logits, [1, 8, 6, 6])), sizes: {} };
}

describe.skipIf(!found.ok)("a file on an engine that loads no ONNX", () => {
  test("is imported, and gives the same", async () => {
    const one: FileMembers = {
      kind: "files",
      files: [imported()],
      inputs: inputsOf("image", [[image]]),
    };
    const own = processHost(thisNode);
    await using page = await chromium();
    const asFile = await own.run(proving("onnxruntime-node/cpu", one), watch);
    const asNetwork = await page.run(proving("tfjs-web/wasm", one), watch);
    const [expected] = asFile.proofs[0]!.outputs![0]!;
    const { logits, outputs } = asNetwork.proofs[0]!;
    expect(outputs).toBeNull();
    expect(logits).toHaveLength(8);
    expect(logits.some((value) => value > 0)).toBe(true);
    for (const [at, value] of logits.entries()) {
      expect(value).toBeCloseTo(Number(expected!.data[at]));
    }
  });

  test("says which node prevents it", async () => {
    await using page = await chromium();
    await expect(page.run(proving("tfjs-web/wasm", members), watch)).rejects.toThrow(
      "2 inputs and 2 outputs",
    );
  });
});

test("without optimisation the graph runs as the file has it", async () => {
  const host = processHost(thisNode);
  const relu = model({
    nodes: [node("Identity", ["x"], ["same"]), node("Relu", ["same"], ["y"])],
    inputs: [valueInfo("x", [1, 2])],
    outputs: [valueInfo("y", [1, 2])],
  });
  const one: FileMembers = {
    kind: "files",
    files: [keep("relu.onnx", relu)],
    inputs: inputsOf("x-for-relu", [[x(-1, 1)]]),
  };
  const job = proving("onnxruntime-node/cpu", one);
  const operators = async (optimised: boolean) => {
    const engine = { threads: 1, optimised };
    const { proofs } = await host.run({ ...job, engine }, watch);
    return proofs[0]!.attestation.evidence["operators"];
  };
  expect(await operators(false)).toEqual({ Identity: 1, Relu: 1 });
  expect(await operators(true)).toEqual({ Relu: 1 });
});

test.each([
  { scales: [1, 1, 2], isTwinFirst: false, started: [true, true, false] },
  { scales: [2, 1, 1], isTwinFirst: true, started: [true, true, true] },
])("files race, and one that answers otherwise does not start, but for a twin", async (asked) => {
  const { scales, isTwinFirst, started } = asked;
  const host = processHost(thisNode);
  const files = scales.map((scale, at) => keep(`racer-${at}.onnx`, twoOfEach(scale)));
  const { entrants } = await host.run(
    {
      kind: "race",
      ...onEngine("onnxruntime-node/cpu"),
      members: { ...members, files, isTwinFirst },
      race: {
        batch: 1,
        precision: "fp32",
        seed: 1,
        minRounds: 4,
        maxRounds: 8,
        budgetMs: 50,
        budgetByPreparing: 0,
        visitMs: 1,
        tolerance: 1e-4,
        expected: null,
        attest: true,
      },
    },
    watch,
  );
  expect(entrants.map(({ ok }) => ok)).toEqual(started);
});

test("one file is soaked", async () => {
  const host = processHost(thisNode);
  const { runsMs, changedAt, died } = await host.run(
    {
      kind: "soak",
      ...onEngine("onnxruntime-node/cpu"),
      members: { ...members, files: members.files.slice(0, 1) },
      soak: { batch: 1, precision: "fp32", runs: 10, tolerance: 1e-4 },
    },
    watch,
  );
  expect(runsMs).toHaveLength(10);
  expect([changedAt, died]).toEqual([null, null]);
});
