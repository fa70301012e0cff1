import { defaultLowering, lower } from "@sebench/lowering";
import { coveringSet } from "@sebench/reference/testing";
import {
  buildNetwork,
  countParameters,
  elementCount,
  modelNames,
  modelTable,
  type Network,
  parametersOf,
  seNameOf,
} from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { encodeOnnx } from "./encode-onnx.ts";
import { checkModels, hasChecker, type NamedModel, python } from "./testing/checker.ts";

const options = [
  "r=8",
  "squeeze=max",
  "squeeze=none",
  "gate=tanh",
  "gate=relu",
  "place=pre",
  "place=post",
  "place=identity",
  "place=conv3x3",
  "stages=2+3",
  "bias=false",
];

const everyNetwork = modelNames.flatMap((model) => [model, seNameOf(model)]);

/** Every option on each kind of block; deeper and wider networks have more of the same blocks. */
const everyOption = (["resnet20", "resnet18", "resnet50"] as const).flatMap((model) =>
  [...options, ...modelTable[model].layouts.map((layout) => `layout=${layout}`)].map(
    (option) => `se-${model}{${option}}`,
  ),
);

// Inception-ResNet pads little, and has nothing left of 64 pixels.
const imageSize = 96;

const checked = coveringSet([...everyNetwork, ...everyOption], (name) => ({ name, imageSize }));

/** Where what is written is small, in each lowering, and with batch norms too. */
function* modelsOf(name: string): Generator<NamedModel> {
  const network = buildNetwork(name, { imageSize });
  const weights = zeroWeights(network);
  const usual = defaultLowering(network);
  const small = name.includes("resnet20");
  for (const lowering of small ? new Set([usual, "conv1x1"] as const) : [usual]) {
    for (const foldBatchNorm of small ? [true, false] : [true]) {
      const bytes = encodeOnnx(lower(network, weights, lowering), { batch: 2, foldBatchNorm });
      yield { name: `${name} ${lowering} ${foldBatchNorm ? "folded" : "unfolded"}`, bytes };
    }
  }
}

/** The models in integers and in halves; larger networks have no other operators. */
function* precisionsOf(names: readonly string[]): Generator<NamedModel> {
  for (const name of names) {
    const network = buildNetwork(name, { imageSize });
    if (countParameters(network) > 1.2e7) continue;
    const lowered = lower(network, zeroWeights(network), defaultLowering(network));
    const nodes = lowered.network.nodes.map((node) => [node.name, [-1, 1] as const]);
    const ranges = Object.fromEntries(nodes);
    for (const precision of ["int8", "fp16"] as const) {
      const bytes = encodeOnnx(lowered, { batch: 2, precision, ranges });
      yield { name: `${name} ${precision}`, bytes };
    }
  }
}

/** Weights of zeros, all views of one array, since the checker does not compute. */
function zeroWeights(network: Network): Weights {
  const parameters = parametersOf(network);
  const zeros = new Float32Array(Math.max(...parameters.map(({ shape }) => elementCount(shape))));
  return new Map(
    parameters.map(({ name, shape }) => [
      name,
      { shape, data: zeros.subarray(0, elementCount(shape)) },
    ]),
  );
}

function* modelsOfAll(names: readonly string[]): Generator<NamedModel> {
  for (const name of names) yield* modelsOf(name);
}

describe.skipIf(!hasChecker())(
  `the official checker (skipped where ${python} has no module onnx)`,
  () => {
    it("accepts every network, with and without SE, and every option on every kind of block", async () => {
      const verdicts = await checkModels(modelsOfAll(checked));
      expect(verdicts.filter(({ error }) => error !== null)).toEqual([]);
      expect(new Set(verdicts.map(({ name }) => name.split(" ")[0]))).toEqual(new Set(checked));
    }, 600_000);

    it("accepts them in int8 and fp16", async () => {
      const verdicts = await checkModels(precisionsOf(checked));
      expect(verdicts.filter(({ error }) => error !== null)).toEqual([]);
      expect(verdicts.length).toBeGreaterThan(checked.length / 2);
    }, 600_000);

    it("refuses a model that is cut short", async () => {
      const [whole] = modelsOf("resnet20");
      const [verdict] = await checkModels([{ name: "cut", bytes: whole!.bytes.subarray(0, 1000) }]);
      expect(verdict?.error).not.toBeNull();
    });
  },
);
