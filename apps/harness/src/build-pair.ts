import { countImages, loadImages } from "@sebench/datasets";
import { lower, type LoweredNetwork, type LoweringName } from "@sebench/lowering";
import type { Member } from "@sebench/measure";
import { buildNetwork, elementCount, type Network, type Tensor } from "@sebench/spec";
import { seededWeights, type Weights } from "@sebench/weights";
import type { PairDescription } from "./job.ts";

export interface BuiltMember {
  readonly network: Network;
  readonly weights: Weights;
}

/** Builds a member as spec defines it: SE in canonical form, nothing folded. */
export function buildMember(pair: PairDescription, member: Member): BuiltMember {
  const network = buildNetwork(pair.networks[member], { imageSize: pair.imageSize });
  return { network, weights: seededWeights(network, pair.seed) };
}

/** Builds a member as a runtime shall run it. */
export function lowerMember(
  pair: PairDescription,
  member: Member,
  lowering: LoweringName,
): LoweredNetwork {
  const { network, weights } = buildMember(pair, member);
  return lower(network, weights, lowering);
}

/** The images of a case, NCHW. Where more are asked for than the dataset has, they repeat. */
export async function imagesOf({ images, imageSize }: PairDescription): Promise<Tensor> {
  const { dataset, count } = images;
  const distinct = Math.min(count, countImages(dataset));
  const loaded = await loadImages({ dataset, size: imageSize, count: distinct });
  return repeatImages(loaded.images, count);
}

function repeatImages(images: Tensor, count: number): Tensor {
  const [distinct, ...shape] = images.shape as [number, ...number[]];
  if (distinct === count) return images;
  const length = elementCount(shape);
  const data = new Float32Array(count * length);
  for (let index = 0; index < count; index++) {
    const start = (index % distinct) * length;
    data.set(images.data.subarray(start, start + length), index * length);
  }
  return { shape: [count, ...shape], data };
}
