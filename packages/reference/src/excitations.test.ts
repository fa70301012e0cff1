import { buildNetwork, excitationsOf, parametersOf, withGatesAsOutput } from "@sebench/spec";
import { seededWeights, withFixedGates } from "@sebench/weights";
import { describe, expect, it, test } from "vitest";
import { runReference } from "./run-reference.ts";
import { testImages } from "./testing/images.ts";

const names = [
  "se-resnet8",
  "se-resnet8{gate=tanh,place=pre}",
  "se-resnet8{gate=relu,bias=false}",
  "se-resnet8{squeeze=none}",
];
const images = testImages(2, [3, 28, 28]);
const build = (name: string) => {
  const network = buildNetwork(name, { imageSize: 28 });
  return { network, weights: seededWeights(network, 3) };
};

describe.each(names)("of %s", (name) => {
  const { network, weights } = build(name);
  const excitations = excitationsOf(network);

  it("there is an excitation for each block", () => {
    // A map before the branch's first convolution has the channels of the stage before.
    const channels = name.includes("pre") ? [16, 16, 32] : [16, 32, 64];
    expect(excitations.map((each) => each.channels)).toEqual(channels);
    expect(excitations.map(({ stage }) => stage)).toEqual([2, 3, 4]);
  });

  it("the gates and the logits are the output", () => {
    const output = runReference(withGatesAsOutput(network), weights, images);
    const logits = runReference(network, weights, images);
    const gates = excitations.reduce((sum, { channels }) => sum + channels, 0);
    const length = gates + 10;
    expect(output).toHaveLength(2 * length);
    for (const image of [0, 1]) {
      const own = output.subarray(image * length, (image + 1) * length);
      expect([...own.subarray(gates)]).toEqual([...logits.subarray(image * 10, (image + 1) * 10)]);
    }
  });

  it("a gate fixed at a half answers so to every image", () => {
    const [first] = excitations;
    const half = new Map([[first!.gate.name, new Float32Array(first!.channels).fill(0.5)]]);
    const fixed = withFixedGates(network, weights, half);
    const output = runReference(withGatesAsOutput(fixed.network), fixed.weights, images);
    for (const value of output.subarray(0, first!.channels)) expect(value).toBeCloseTo(0.5, 6);
  });
});

test("gates of 1 leave the plain network", () => {
  const { network, weights } = build("se-resnet8");
  const ones = excitationsOf(network).map(
    ({ gate, channels }) => [gate.name, new Float32Array(channels).fill(1)] as const,
  );
  const fixed = withFixedGates(network, weights, new Map(ones));
  const plain = buildNetwork("resnet8", { imageSize: 28 });
  const shared = new Map(parametersOf(plain).map(({ name }) => [name, weights.get(name)!]));
  const expected = runReference(plain, shared, images);
  const actual = runReference(fixed.network, fixed.weights, images);
  for (const [at, value] of actual.entries()) expect(value).toBeCloseTo(expected[at]!, 9);
});

test("a network without SE has none", () => {
  const { network } = build("resnet8");
  expect(excitationsOf(network)).toEqual([]);
  expect(() => withGatesAsOutput(network)).toThrow("resnet8 has no squeeze-and-excitation");
});

test("a gate that is not there, or of other channels, or with a value that it cannot have, is refused", () => {
  const { network, weights } = build("se-resnet8");
  const { gate } = excitationsOf(network)[0]!;
  const fix = (name: string, values: number[]) =>
    withFixedGates(network, weights, new Map([[name, Float32Array.from(values)]]));
  expect(() => fix("stage9/gate", [1])).toThrow("se-resnet8 has no gate stage9/gate");
  expect(() => fix(gate.name, [1])).toThrow(`${gate.name} has 16 channels, not 1`);
  expect(() => fix(gate.name, Array(16).fill(2))).toThrow("is a sigmoid, which does not give");
});
