import { lower, type LoweredNetwork } from "@sebench/lowering";
import { runReference, runReferenceNodes } from "@sebench/reference";
import { buildNetwork, elementCount, type Network, type Tensor } from "@sebench/spec";
import { foldBatchNorm, seededWeights, type Weights } from "@sebench/weights";
import type { ActivationRanges } from "../runtime.ts";

/** The smallest pair of the model table, which even a software GPU runs. */
export type FixtureName = "resnet20" | "se-resnet20";

/** A network with seeded weights, before and after it is lowered. */
export interface Fixture {
  readonly network: Network;
  readonly weights: Weights;
  readonly lowered: LoweredNetwork;
  /** The ranges of the oracle's activations on the images. */
  ranges(): ActivationRanges;
}

/** Two images, `[2, 3, 28, 28]`, of waves in many frequencies, so that no two channels are alike. */
export const images: Tensor = wavyImages([2, 3, 28, 28]);

/** The fixtures that have been made, which tests do not change. */
const made = new Map<FixtureName, Fixture>();

export function makeFixture(name: FixtureName): Fixture {
  const known = made.get(name);
  if (known) return known;
  const network = buildNetwork(name, { imageSize: 28 });
  const weights = seededWeights(network, 1);
  const lowered = lower(network, weights, "gemm");
  let ranges: ActivationRanges | undefined;
  const fixture = { network, weights, lowered, ranges: () => (ranges ??= rangesOf(lowered)) };
  made.set(name, fixture);
  return fixture;
}

/** The oracle's logits `[images, classes]`, from the network as it was before it was lowered. */
export function expectedLogits({ network, weights }: Fixture, batch: Tensor): Float64Array {
  return runReference(network, weights, batch);
}

function rangesOf(lowered: LoweredNetwork): ActivationRanges {
  const { network, weights } = foldBatchNorm(lowered.network, lowered.weights);
  const names = network.nodes.map(({ name }) => name);
  const ranges = Object.fromEntries(names.map((name) => [name, [Infinity, -Infinity]]));
  for (const index of [0, 1]) {
    for (const [name, values] of runReferenceNodes(network, weights, imageAt(index), names)) {
      const range = ranges[name]!;
      for (const value of values) {
        range[0] = Math.min(range[0]!, value);
        range[1] = Math.max(range[1]!, value);
      }
    }
  }
  return ranges as Record<string, [least: number, greatest: number]>;
}

/** The image at `index` as a batch of one. */
export function imageAt(index: number): Tensor {
  const shape = [1, ...images.shape.slice(1)];
  const size = elementCount(shape);
  return { shape, data: images.data.subarray(index * size, (index + 1) * size) };
}

function wavyImages(shape: readonly number[]): Tensor {
  const data = Float32Array.from({ length: elementCount(shape) }, (_, index) =>
    Math.sin(index * 0.37 + Math.cos(index * 0.011) * 5),
  );
  return { shape, data };
}
