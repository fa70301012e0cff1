import {
  buildNetwork,
  countParameters,
  elementCount,
  GraphBuilder,
  type Network,
  parametersOf,
  type Tensor,
} from "@sebench/spec";
import { describe, expect, it } from "vitest";
import { type NetworkGolden, networkGoldens } from "./golden.ts";
import { goldenImages, goldenParameter } from "./golden-values.ts";
import { runReference, runReferenceNodes } from "./run-reference.ts";
import { coveringSet } from "./testing/covering-set.ts";

/** Variants of a network share most of their parameters, which take longer to make than to use. */
const made = new Map<string, Tensor>();

function goldenWeights(network: Network): Map<string, Tensor> {
  return new Map(
    parametersOf(network).map(({ name, shape }) => {
      const key = `${name} ${shape}`;
      const tensor = made.get(key) ?? goldenParameter(name, shape);
      made.set(key, tensor);
      return [name, tensor];
    }),
  );
}

const named = ({ network: name, imageSize }: NetworkGolden) => ({ name, imageSize });

/** The largest difference, relative to the largest value of the truth. */
function relativeError(actual: readonly number[], truth: readonly number[]): number {
  const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));
  return largest(truth.map((value, i) => actual[i]! - value)) / largest(truth);
}

describe("runReference agrees with PyTorch in float64", () => {
  it.each(coveringSet(networkGoldens(), named))(
    "on $network at $imageSize",
    ({ network: name, imageSize, classes, ...truth }) => {
      const network = buildNetwork(name, { imageSize, classes });
      expect(countParameters(network)).toBe(truth.parameters);
      const images = goldenImages(`images${imageSize}`, [
        truth.logits.length,
        3,
        imageSize,
        imageSize,
      ]);
      const logits = [...runReference(network, goldenWeights(network), images)];
      const errors = truth.logits.map((row, image) =>
        relativeError(logits.slice(image * classes, (image + 1) * classes), row),
      );
      expect(logits).toHaveLength(elementCount([truth.logits.length, classes]));
      expect(Math.max(...errors)).toBeLessThan(1e-9);
    },
  );
});

/** A network of a convolution of two channels, and the sum of its ReLU and itself. */
function tinyNetwork(): Network {
  const builder = new GraphBuilder("tiny", [1, 1, 2]);
  const at = { role: "trunk" } as const;
  const window = { kernel: [1, 1], stride: [1, 1], pads: [0, 0, 0, 0] } as const;
  const conv = builder.add({
    ...at,
    op: { kind: "conv2d", outChannels: 2, groups: 1, ...window },
    inputs: [builder.input.name],
    local: "conv",
    prefix: "conv",
  });
  const relu = builder.add({ ...at, op: { kind: "relu" }, inputs: [conv.name], local: "relu" });
  const sum = { op: { kind: "add" }, inputs: [relu.name, conv.name], local: "add" } as const;
  const added = builder.add({ ...at, ...sum });
  const flat = builder.add({
    ...at,
    op: { kind: "flatten" },
    inputs: [added.name],
    local: "flatten",
  });
  return builder.build(flat);
}

function tinyWeights(values: readonly [number, number]): Map<string, Tensor> {
  return new Map([["conv.weight", { shape: [2, 1, 1, 1], data: Float32Array.from(values) }]]);
}

const tinyImages = (...values: number[]): Tensor => ({
  shape: [values.length / 2, 1, 1, 2],
  data: Float32Array.from(values),
});

describe("runReference", () => {
  it("gives a row of logits for each image, in order", () => {
    const logits = runReference(tinyNetwork(), tinyWeights([1, -2]), tinyImages(1, 2, -3, 4));
    expect([...logits]).toEqual([2, 4, -2, -4, -3, 8, 12, -8]);
  });

  it("gives no logits for no images", () => {
    const none = runReference(tinyNetwork(), tinyWeights([1, -2]), tinyImages());
    expect(none).toHaveLength(0);
  });

  it("refuses images of another shape, and says which it takes", () => {
    const image = { shape: [1, 1, 2, 1], data: new Float32Array(2) };
    expect(() => runReference(tinyNetwork(), tinyWeights([1, 1]), image)).toThrow(
      "tiny takes images [n, 1, 1, 2], got [1, 1, 2, 1]",
    );
  });

  it("refuses images whose values do not fill their shape", () => {
    const image = { shape: [2, 1, 1, 2], data: new Float32Array(3) };
    expect(() => runReference(tinyNetwork(), tinyWeights([1, 1]), image)).toThrow("hold 3 values");
  });

  it("names the weights that are missing", () => {
    expect(() => runReference(tinyNetwork(), new Map(), tinyImages(1, 2))).toThrow(
      "trunk/conv needs weights conv.weight [2, 1, 1, 1], which are missing",
    );
  });

  it("names the weights that have another shape", () => {
    const weights = new Map([["conv.weight", { shape: [2], data: new Float32Array(2) }]]);
    expect(() => runReference(tinyNetwork(), weights, tinyImages(1, 2))).toThrow(
      "conv.weight [2, 1, 1, 1], which are [2]",
    );
  });

  it("names the first node whose output is not finite", () => {
    const run = () => runReference(tinyNetwork(), tinyWeights([1, Number.NaN]), tinyImages(1, 2));
    expect(run).toThrow("the output of trunk/conv is not finite");
  });

  it("names the image where that is what is not finite", () => {
    const run = () => runReference(tinyNetwork(), tinyWeights([1, 1]), tinyImages(1, Infinity));
    expect(run).toThrow("the output of images is not finite");
  });
});

describe("runReferenceNodes", () => {
  it("gives the outputs of the nodes that are named", () => {
    const names = ["trunk/relu", "trunk/conv"];
    const outputs = runReferenceNodes(
      tinyNetwork(),
      tinyWeights([1, -2]),
      tinyImages(1, -2),
      names,
    );
    expect(Object.fromEntries(outputs)).toEqual({
      "trunk/conv": Float64Array.of(1, -2, -2, 4),
      "trunk/relu": Float64Array.of(1, 0, 0, 4),
    });
  });

  it("refuses the name of no node", () => {
    const run = () => runReferenceNodes(tinyNetwork(), new Map(), tinyImages(1, 2), ["trunk/fc"]);
    expect(run).toThrow("tiny has no node trunk/fc");
  });

  it("refuses more than one image", () => {
    const images = tinyImages(1, 2, 3, 4);
    const run = () => runReferenceNodes(tinyNetwork(), tinyWeights([1, 1]), images, []);
    expect(run).toThrow("node outputs are of one image, but 2 are given");
  });
});
