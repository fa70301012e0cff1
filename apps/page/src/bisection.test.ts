import { foldedForm, type NodesJob, type PageWindow } from "@sebench/jobs";
import { lower } from "@sebench/lowering";
import { firstWrongNode, oracleValues } from "@sebench/reference";
import { testImages } from "@sebench/reference/testing";
import type { RuntimeId } from "@sebench/runtime";
import { buildNetwork, type Network } from "@sebench/spec";
import { fromWeights, seededWeights, type Weights, writeSafetensors } from "@sebench/weights";
import { expect, it } from "vitest";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import type { TestPage, TestPageOptions } from "./testing/test-browser.ts";
import { answerIn } from "./testing/test-case.ts";

interface Form {
  readonly network: Network;
  readonly weights: Weights;
}

const network = buildNetwork("se-resnet8", { imageSize: 16 });
const right = foldedForm(lower(network, seededWeights(network, 3), "conv1x1"));
const images = testImages(2, [3, 16, 16]);
const last = Float64Array.from(images.data.subarray(images.data.length / 2));

/** A page is given a network in which one operator is another one, or has other weights. */
const faults: Readonly<Record<string, { readonly node: string; readonly form: Form }>> = {
  "the maximum for the mean": replaced("stage3/block0/squeeze/pool", { kind: "globalMaxPool" }),
  "another sigmoid": replaced("stage2/block0/excite/gate", { kind: "tanh" }),
  "a filter of another sign": negated("stage4/block0/trunk/conv1"),
};

function replaced(name: string, op: Network["nodes"][number]["op"]) {
  const nodes = right.network.nodes.map((node) =>
    node.name === name ? Object.assign({}, node, { op }) : node,
  );
  return { node: name, form: { ...right, network: { ...right.network, nodes } } };
}

function negated(name: string) {
  const { parameters } = right.network.nodes.find((node) => node.name === name)!;
  const weight = right.weights.get(parameters.weight!.name)!;
  const length = weight.data.length / weight.shape[0]!;
  const data = weight.data.map((value, at) => (at < length ? -value : value));
  const weights = new Map(right.weights).set(parameters.weight!.name, { ...weight, data });
  return { node: name, form: { ...right, weights } };
}

const all = Object.keys(faults);

/**
 * Every runtime of a page that this machine has, in software where it is a GPU's, and the faults that
 * are planted; one where a session takes half a second to open.
 */
const rows: readonly [RuntimeId, TestPageOptions, readonly string[]][] = [
  ["onnxruntime-web/wasm", {}, all],
  ["onnxruntime-web/webgpu", { webgpu: true }, all.slice(0, 1)],
  ["onnxruntime-web/webgpu-jsep", { webgpu: true }, all.slice(1, 2)],
  ["tfjs-web/cpu", {}, all],
  ["tfjs-web/wasm", {}, all],
  ["tfjs-web/webgl", {}, all],
  ["tfjs-web/webgpu", { webgpu: true }, all],
  ["litert-web/wasm", {}, all],
];

describeInBrowser("bisection", 240_000, (pages) => {
  it.each(rows)(
    "finds what is planted on %s, and nothing else",
    async (runtime, options, planted) => {
      await using opened = await pages.open(options);
      let given: Form = right;
      await opened.page.exposeFunction(
        "sebenchSupply",
        supply(opened, () => given),
      );
      const search = async () => {
        const ask = async (names: readonly string[]) => {
          const outcome = await answerIn(opened, nodesJob(runtime, names));
          if (!outcome.ok) throw new Error(outcome.error.message);
          return outcome.answer;
        };
        return firstWrongNode(
          { ...(await oracleValues(right, last)), given: ask },
          { tolerance: 1e-4 },
        );
      };
      expect(await search()).toBeNull();
      for (const fault of planted) {
        const { node, form } = faults[fault]!;
        given = form;
        const found = await search();
        const named = { fault, node: found?.node.name, walked: found?.walked };
        expect(named).toEqual({ fault, node, walked: false });
      }
    },
  );
});

function nodesJob(runtime: RuntimeId, names: readonly string[]): NodesJob {
  const pair = {
    networks: { plain: "resnet8", se: "se-resnet8" },
    imageSize: 16,
    weights: { kind: "seeded", seed: 3 },
    images: { dataset: "fashion-mnist", count: 2 },
  } as const;
  return {
    kind: "nodes",
    runtime,
    engine: { threads: 1 },
    members: { kind: "networks", pair, member: "se", lowering: "conv1x1" },
    nodes: { names, image: 1, batch: 1, precision: "fp32" },
  };
}

/** Serves a network and images as a driver would. */
function supply({ server }: TestPage, form: () => Form): NonNullable<PageWindow["sebenchSupply"]> {
  let served = 0;
  const stack = (name: string, weights: Weights) =>
    server.serve(`${name}.safetensors`, writeSafetensors(fromWeights(weights)));
  return async ({ what }) => {
    if (what === "images") return stack("images", new Map([["images", images]]));
    const name = `model-${served++}`;
    return {
      network: server.serve(`${name}.json`, JSON.stringify(form().network)),
      weights: stack(name, form().weights),
      classes: 10,
    };
  };
}
