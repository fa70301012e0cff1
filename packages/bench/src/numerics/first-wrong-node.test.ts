import { runtimeOf } from "@sebench/hosts";
import { foldedForm, nodeValues } from "@sebench/jobs";
import { lower, type LoweredNetwork } from "@sebench/lowering";
import { seededRandom } from "@sebench/measure";
import { differenceOf, firstWrongNode, oracleValues, type SearchOptions } from "@sebench/reference";
import { plantFault } from "@sebench/reference/testing";
import type { Engine } from "@sebench/runtime";
import { buildNetwork, elementCount, inputShape, type Tensor } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

/** Small networks of every kind of block, in several ways of writing SE, and their sizes. */
const networks = [
  ["se-resnet8", 16, "gemm"],
  ["se-resnet8", 16, "gate-resize+gemm"],
  ["se-resnet8{gate=tanh}", 16, "conv1x1"],
  ["se-resnet8{squeeze=max}", 16, "conv1x1"],
  ["se-resnet20", 16, "conv1x1"],
  ["se-resnet20{place=pre}", 16, "gemm"],
  ["se-resnet20{gate=hard-sigmoid}", 16, "reduce-mean"],
  ["resnet20", 16, "conv1x1"],
  ["mobilenet-v3-small", 32, "conv1x1"],
  ["se-shufflenet-v1-g3", 32, "conv1x1"],
] as const;

const plain = { batch: 1, precision: "fp32" } as const;

let engine: Engine;
beforeAll(async () => {
  engine = await runtimeOf("onnxruntime-node/cpu").load({ threads: 1 });
});
afterAll(() => engine[Symbol.asyncDispose]());

function seeded(seed: number) {
  const [name, imageSize, lowering] = networks[seed % networks.length]!;
  const network = buildNetwork(name, { imageSize });
  const lowered = foldedForm(lower(network, seededWeights(network, seed), lowering));
  const random = seededRandom(seed);
  const shape = [1, ...inputShape(network)];
  const data = Float32Array.from({ length: elementCount(shape) }, () => 4 * random() - 2);
  return {
    lowered: { ...lowered, weights: new Map(lowered.weights) },
    images: { shape, data },
    random,
  };
}

/** Searches where an engine leaves the oracle, when it is given another network than the oracle. */
async function search(
  right: LoweredNetwork,
  given: LoweredNetwork,
  images: Tensor,
  options: Partial<SearchOptions> = {},
) {
  const oracle = await oracleValues(right, Float64Array.from(images.data));
  const ask = (names: readonly string[]) =>
    nodeValues(engine, given, images, { names, image: 0, ...plain });
  return firstWrongNode({ ...oracle, given: ask }, { tolerance: 1e-4, ...options });
}

/** The nodes that are off although no fault was planted. */
async function offNodes(lowered: LoweredNetwork, images: Tensor): Promise<string[]> {
  const names = lowered.network.nodes.slice(1).map(({ name }) => name);
  const given = await nodeValues(engine, lowered, images, { names, image: 0, ...plain });
  const { right, scale } = await oracleValues(lowered, Float64Array.from(images.data));
  return names.filter((name, at) => {
    return differenceOf(given[at]!, right(name), scale(name)).relative > 1e-5;
  });
}

describe("of 100 seeded networks", () => {
  test("those without a fault give no report", async () => {
    const reports: string[] = [];
    for (let seed = 1; seed <= 100; seed++) {
      const { lowered, images } = seeded(seed);
      const found = await search(lowered, lowered, images);
      if (found !== null) reports.push(`${seed}: ${found.node.name}`);
      if (seed < 8) reports.push(...(await offNodes(lowered, images)));
    }
    expect(reports).toEqual([]);
  }, 120_000);

  test("those with one fault are located to the node in at least 95", async () => {
    const missed: string[] = [];
    let asked = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const { lowered, images, random } = seeded(seed);
      let [found, fault] = [
        null as Awaited<ReturnType<typeof search>>,
        plantFault(lowered, random),
      ];
      // A fault that leaves the logits right is no fault that anybody looks for.
      for (;;) {
        found = await search(lowered, { ...lowered, ...fault.form }, images, {
          onNode: () => asked++,
        });
        if (found !== null) break;
        fault = plantFault(lowered, random);
      }
      if (found.node.name !== fault.node) {
        missed.push(`${seed}: ${fault.node} (${fault.kind}), not ${found.node.name}`);
      }
    }
    expect(missed.length).toBeLessThanOrEqual(5);
    expect(asked / 100).toBeLessThan(10);
  }, 120_000);
});

test("values that are not finite differ without limit, and equal infinities not at all", () => {
  expect(differenceOf([1, NaN], [1, 2], 2)).toEqual({ relative: Infinity, at: 1 });
  expect(differenceOf([Infinity, 1], [Infinity, 2], 2)).toEqual({ relative: 0.5, at: 1 });
  expect(differenceOf([0, 0], [0, 0], 0)).toEqual({ relative: 0, at: 0 });
});
