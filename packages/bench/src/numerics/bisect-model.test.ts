import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JobHost, processHost, thisNode } from "@sebench/hosts";
import type { FileMembers } from "@sebench/jobs";
import { lower } from "@sebench/lowering";
import { TestGraph } from "@sebench/models/testing";
import { encodeOnnx } from "@sebench/onnx";
import { bisectionText } from "@sebench/report";
import type { RuntimeId } from "@sebench/runtime";
import { buildNetwork } from "@sebench/spec";
import { seededWeights, type Weights } from "@sebench/weights";
import { afterAll, beforeAll, expect, test } from "vitest";
import { feedModels } from "../models/feed-models.ts";
import type { ProbedTarget } from "../plan/case-plan.ts";
import type { RunOptions } from "../plan/options.ts";
import { bisectModel } from "./bisect-model.ts";

let folder: string;
let faulty: string;
let sound: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-bisect-model-"));
  const network = buildNetwork("se-resnet8", { imageSize: 32 });
  const right = seededWeights(network, 1);
  const name = "layer2.0.se.fc2.weight";
  const weight = right.get(name)!;
  const wrong = new Map(right).set(name, {
    ...weight,
    data: weight.data.map((value) => 3 * value),
  });
  const write = async (file: string, weights: Weights) => {
    const path = join(folder, file);
    const lowered = lower(network, weights, "gemm");
    await writeFile(path, encodeOnnx(lowered, { batch: 1, precision: "fp32" }));
    return path;
  };
  sound = await write("sound.onnx", right);
  faulty = await write("faulty.onnx", wrong);
});
afterAll(() => rm(folder, { recursive: true }));

const node = processHost(thisNode);

/** A host whose runtimes load a file with other weights in one layer than the oracle has. */
const faultyHost: JobHost = {
  ...node,
  run(job, watch) {
    if (job.kind !== "prove" && job.kind !== "nodes") return node.run(job, watch);
    const { files, ...members } = job.members as FileMembers;
    const other = { ...files[0]!, path: faulty };
    return node.run({ ...job, members: { ...members, files: [other] } } as typeof job, watch);
  },
};

const options = {
  threads: 1,
  tf32: true,
  seed: 1,
  timeoutSeconds: 60,
} as unknown as RunOptions;

async function bisect(runtime: RuntimeId, host: JobHost, path: string) {
  const request = { paths: [path], sizes: new Map(), inputs: { kind: "seeded" } } as const;
  await using fed = await feedModels(request, 1, () => {});
  const availability = {
    ok: true,
    version: "1",
    device: { name: "", details: {} },
    software: false,
  } as unknown as ProbedTarget["availability"];
  const target = { runtime, host: "node", availability } as const;
  const context = {
    options,
    hosts: { of: () => host },
    signal: new AbortController().signal,
    onProgress() {},
    onNode() {},
    wantsBlocks: () => false,
  };
  return await bisectModel(context, target, fed.models[0]!);
}

test.each<RuntimeId>(["onnxruntime-web/wasm", "tfjs-node/cpu"])(
  "a layer of a file that %s computes wrongly is named as the file names it",
  async (runtime) => {
    const row = await bisect(runtime, faultyHost, sound);
    expect(row.parity.pass).toBe(false);
    expect(row.wrong).toMatchObject({
      node: "stage3/block0/excite/fc2",
      operator: "dense",
      role: "excite",
      verdict: "operator",
    });
    expect(row.wrong!.inputs).toMatchObject([{ node: "stage3/block0/excite/relu" }]);
    expect(bisectionText([row], { color: false, width: 100 })).toContain("fc2 (dense, excite)");
  },
  120_000,
);

test("where a file's parity holds nothing is named", async () => {
  const row = await bisect("onnxruntime-node/cpu", node, sound);
  expect(row).toMatchObject({ lowering: "as-is", parity: { pass: true }, wrong: null });
}, 120_000);

test("a file that is not imported is refused with what prevents it", async () => {
  const graph = new TestGraph();
  const path = join(folder, "map.onnx");
  await writeFile(path, graph.model(graph.conv("image", 3, 4), [1, 4, 8, 8]));
  await expect(bisect("onnxruntime-node/cpu", node, path)).rejects.toThrow(
    /map\.onnx is not imported .*its output is a map/,
  );
}, 60_000);
