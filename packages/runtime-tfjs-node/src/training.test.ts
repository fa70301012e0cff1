import {
  channelsLast,
  goldenWeights,
  trainingBatch,
  type TrainingGolden,
  trainingGoldens,
} from "@sebench/reference/testing";
import { buildNetwork, InputError, parametersOf, type Tensor } from "@sebench/spec";
import { Sgd, TrainableNetwork, trainStep } from "@sebench/tfjs/training";
import { seededWeights } from "@sebench/weights";
import { beforeEach, describe, expect, it } from "vitest";
import { findAddon } from "./find-addon.ts";
import { openTraining, type TrainingBackend } from "./training.ts";

let backend: TrainingBackend;

beforeEach(async ({ skip }) => {
  if (!(await findAddon("cpu"))) skip("tfjs-node's addon has not been fetched");
  backend = await openTraining("cpu", null);
});

const { options, goldens } = trainingGoldens();

describe("gradient descent on tfjs-node", () => {
  it.each(goldens)("takes PyTorch's steps with $network at $imageSize", async (golden) => {
    const { outcomes, weights } = await descend(golden);
    for (const [at, { loss, correct }] of golden.steps.entries()) {
      expect(outcomes[at]!.loss).toBeCloseTo(loss, 4);
      expect(outcomes[at]!.correct).toBe(correct);
    }
    expect([...weights.keys()].toSorted()).toEqual(Object.keys(golden.after).toSorted());
    const far = Object.entries(golden.after).filter(([name, after]) => {
      return errorOf(weights.get(name)!.data, after) > 5e-4;
    });
    expect(far).toEqual([]);
  });

  it("leaves no tensor behind", async () => {
    const before = backend.tf.memory().numTensors;
    await descend(goldens[1]!);
    expect(backend.tf.memory().numTensors).toBe(before);
  });

  it("goes on from the velocities of before", async () => {
    const whole = await descend(goldens[1]!);
    const half = await descend({ ...goldens[1]!, steps: goldens[1]!.steps.slice(0, 2) });
    const rest = await descend(goldens[1]!, { first: 2, ...half });
    expect(rest.outcomes[0]!.loss).toBeCloseTo(whole.outcomes[2]!.loss, 5);
    const name = "layer2.0.conv2.weight";
    expect(rest.weights.get(name)!.data).toEqual(whole.weights.get(name)!.data);
  });
});

it("a network with other operators is refused", () => {
  const open = (name: string) => () => {
    const network = buildNetwork(name, { imageSize: 32 });
    return new TrainableNetwork(backend.tf, backend.kernels, network, seededWeights(network, 1));
  };
  expect(open("se-resnet50")).toThrow(InputError);
  expect(open("se-resnet50")).toThrow("stem/pool is maxPool, which is not trained here");
  expect(open("regnety-400mf")).toThrow("a convolution in groups of several channels");
});

interface Resumed {
  readonly first: number;
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly velocities: ReadonlyMap<string, Tensor>;
}

async function descend({ network: name, imageSize, steps }: TrainingGolden, from?: Resumed) {
  const { tf, kernels } = backend;
  const network = buildNetwork(name, { imageSize });
  const initial = from?.weights ?? goldenWeights(parametersOf(network));
  const trainable = new TrainableNetwork(tf, kernels, network, initial);
  const sgd = new Sgd(tf, trainable, options);
  if (from) sgd.restore(from.velocities);
  const outcomes = [];
  for (let step = from?.first ?? 0; step < steps.length; step++) {
    const { images, labels } = trainingBatch(step, options.batch, imageSize);
    const shape = [options.batch, imageSize, imageSize, 3] as const;
    const batch = { images: channelsLast(images), labels, shape };
    outcomes.push(await trainStep(tf, trainable, sgd, batch, options.rate));
  }
  const weights = await trainable.weights();
  const velocities = await sgd.velocities(weights);
  sgd.dispose();
  trainable.dispose();
  return { outcomes, weights, velocities };
}

/** The largest difference of the norm or of one of the first values, divided by the norm. */
function errorOf(data: Float32Array, { norm, first }: TrainingGolden["after"][string]): number {
  const differences = first.map((value, at) => Math.abs(data[at]! - value));
  const ofNorm = Math.abs(Math.hypot(...data) - norm);
  return Math.max(ofNorm, ...differences) / Math.max(norm, 0.01);
}
