import { lower, type LoweredNetwork } from "@sebench/lowering";
import { runReference, runReferenceNodes } from "@sebench/reference";
import { buildNetwork, elementCount, type Network, type Tensor } from "@sebench/spec";
import { foldBatchNorm, seededWeights, type Weights } from "@sebench/weights";
import type { ActivationRanges } from "../runtime.ts";

/** The smallest pair of the model table, which even a software GPU runs. */
export type FixtureName = "resnet20" | "se-resnet20";

/** A network with seeded weights, as it is and lowered. */
export interface Fixture {
  readonly network: Network;
  readonly weights: Weights;
  readonly lowered: LoweredNetwork;
}

/** Two images, `[2, 3, 28, 28]`, of waves in many frequencies, so that no two channels are alike. */
export const images: Tensor = wavyImages([2, 3, 28, 28]);

export function makeFixture(name: FixtureName): Fixture {
  const network = buildNetwork(name, { imageSize: 28 });
  const weights = seededWeights(network, 1);
  return { network, weights, lowered: lower(network, weights, "gemm") };
}

/** The oracle's logits `[images, classes]`, from the network as it was before it was lowered. */
export function expectedLogits({ network, weights }: Fixture, batch: Tensor): Float64Array {
  return runReference(network, weights, batch);
}

/** The ranges of the oracle's activations over the two images. */
export function expectedRanges({ lowered }: Fixture): ActivationRanges {
  const { network, weights } = foldBatchNorm(lowered.network, lowered.weights);
  const names = network.nodes.map(({ name }) => name);
  const ofImages = [0, 1].map((index) =>
    runReferenceNodes(network, weights, imageAt(index), names),
  );
  return Object.fromEntries(
    names.map((name) => {
      const values = ofImages.flatMap((outputs) => Array.from(outputs.get(name)!));
      const least = values.reduce((a, b) => Math.min(a, b));
      const greatest = values.reduce((a, b) => Math.max(a, b));
      return [name, [least, greatest] as const];
    }),
  );
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
