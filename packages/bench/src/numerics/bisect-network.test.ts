import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JobHost, processHost, thisNode } from "@sebench/hosts";
import type { PairDescription } from "@sebench/pairs";
import { seededRun } from "@sebench/pairs";
import { bisectionText, type BlockErrors } from "@sebench/report";
import { sampleRun } from "@sebench/report/testing";
import { type OkCase, parseResults } from "@sebench/results";
import type { RuntimeId } from "@sebench/runtime";
import { buildNetwork } from "@sebench/spec";
import { fromWeights, seededWeights, writeSafetensors } from "@sebench/weights";
import { afterAll, beforeAll, expect, test } from "vitest";
import { byProfile, type ProbedTarget } from "../plan/case-plan.ts";
import type { RunOptions } from "../plan/options.ts";
import { planNetworks } from "../soak/soak-networks.ts";
import { bisectNetwork, withWrongOperators } from "./bisect-network.ts";

let folder: string;
let faulty: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-bisect-"));
  faulty = join(folder, "faulty.safetensors");
  const network = buildNetwork("se-resnet8", { imageSize: 32 });
  const right = seededWeights(network, 1);
  const name = "layer2.0.se.fc2.weight";
  const weight = right.get([...right.keys()].find((key) => key.endsWith(name)) ?? "")!;
  const data = weight.data.map((value) => 3 * value);
  const wrong = new Map(right).set(name, { ...weight, data });
  await writeFile(faulty, writeSafetensors(fromWeights(wrong)));
});
afterAll(() => rm(folder, { recursive: true }));

const node = processHost(thisNode);

/** A host whose runtimes compute one layer with other weights than the oracle has. */
const faultyHost: JobHost = {
  ...node,
  run(job, watch) {
    if (job.kind !== "prove" && job.kind !== "nodes") return node.run(job, watch);
    const source = { kind: "checkpoint", se: faulty, plain: null, prefix: null } as const;
    const members = job.members as { readonly pair: PairDescription };
    const pair = { ...members.pair, weights: source };
    return node.run({ ...job, members: { ...members, pair } } as typeof job, watch);
  },
};

const options = {
  selection: { ...byProfile, networks: ["se-resnet8"], lowerings: ["gemm"] },
  threads: 1,
  tf32: true,
  seed: 1,
  timeoutSeconds: 60,
} as unknown as RunOptions;

const availability = {
  ok: true,
  version: "1",
  device: { name: "", details: {} },
  software: false,
} as unknown as ProbedTarget["availability"];

async function bisect(runtime: RuntimeId, host: JobHost, wantsBlocks = false) {
  const [plan] = planNetworks(options, [{ runtime, host: "node", availability }]);
  const asked: string[] = [];
  const row = await bisectNetwork(
    {
      options,
      weights: seededRun(1),
      hosts: { of: () => host },
      signal: new AbortController().signal,
      onProgress: () => {},
      onNode: (seen) => asked.push(seen.node.name),
      wantsBlocks: () => wantsBlocks,
    },
    plan!,
  );
  return { row, asked };
}

test.each<RuntimeId>(["onnxruntime-web/wasm", "tfjs-node/cpu"])(
  "a layer that %s computes wrongly is named, with its place and what it reads",
  async (runtime) => {
    const { row, asked } = await bisect(runtime, faultyHost);
    expect(row.parity.pass).toBe(false);
    expect(row.wrong).toMatchObject({
      node: "stage3/block0/excite/fc2",
      operator: "dense",
      role: "excite",
      stage: 3,
      block: 0,
      verdict: "operator",
    });
    // Three times the weights is off by two thirds of the larger value or more, but for the bias.
    expect(row.wrong!.error).toBeGreaterThan(0.3);
    expect(row.wrong!.inputs).toMatchObject([{ node: "stage3/block0/excite/relu" }]);
    expect(row.wrong!.inputs[0]!.error).toBeLessThan(1e-5);
    expect(asked.length).toBeLessThan(14);
    const text = bisectionText([row], { color: false, width: 100 });
    expect(text).toContain("stage3/block0/excite/fc2 (dense, excite of stage 3, block 0) is off");
  },
  120_000,
);

test("block by block, the gate and the product are off from where the fault is on", async () => {
  const { row } = await bisect("onnxruntime-node/cpu", faultyHost, true);
  expect(row.blocks.map((each) => each.node)).toEqual([
    "stage2/block0/scale/mul",
    "stage3/block0/scale/mul",
    "stage4/block0/scale/mul",
  ]);
  const [before, at] = row.blocks as [BlockErrors, BlockErrors, BlockErrors];
  for (const error of [before.map, before.gate, before.product, at.map]) {
    expect(error).toBeLessThan(1e-4);
  }
  for (const error of [at.gate, at.product]) expect(error).toBeGreaterThan(0.01);
  const text = bisectionText([row], { color: false, width: 100 });
  expect(text).toMatch(/^stage3\/block0\/scale\/mul( +\S+){3}$/m);

  const { row: right } = await bisect("onnxruntime-node/cpu", node, true);
  expect(right).toMatchObject({ parity: { pass: true }, wrong: null });
  for (const { gate } of right.blocks) expect(gate).toBeLessThan(1e-4);
}, 120_000);

test("where parity holds there is no report, and no node is asked for", async () => {
  const { row, asked } = await bisect("onnxruntime-node/cpu", node);
  expect(row).toMatchObject({ parity: { pass: true }, image: null, wrong: null });
  expect(asked).toEqual([]);
  expect(bisectionText([row], { color: false, width: 100 })).toContain("Nothing is wrong.");
}, 120_000);

test("a run names the operator in the record of the case that lost its parity, and in no other", async () => {
  const target = { runtime: "onnxruntime-node/cpu", host: "node", availability } as const;
  const { plan } = planNetworks(options, [target])[0]!;
  const right = sampleRun.cases.find(({ status }) => status === "ok")! as OkCase;
  const parity = { ...right.parity, se: { ...right.parity.se, relative: 0.5, pass: false } };
  const notes: string[] = [];
  const context = {
    options,
    weights: seededRun(1),
    hosts: { of: () => faultyHost },
    signal: new AbortController().signal,
    onProgress: () => {},
    note: (text: string) => notes.push(text),
  };
  const records = [{ ...right, parity }, right];
  const named = await withWrongOperators(records, [plan, plan], availability, context);
  expect(named[0]).toMatchObject({
    parity: { wrong: { member: "se", node: "stage3/block0/excite/fc2", verdict: "operator" } },
  });
  expect(named[1]).toBe(right);
  expect(notes).toEqual([]);
  const cases = named.slice(0, 1);
  expect(parseResults(JSON.stringify({ ...sampleRun, cases }), "it").cases).toEqual(cases);
}, 120_000);
