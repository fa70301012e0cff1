import { countImages, loadImages } from "@sebench/datasets";
import { lower, type LoweredNetwork, type LoweringName } from "@sebench/lowering";
import type { Member } from "@sebench/measure";
import {
  buildNetwork,
  elementCount,
  type Tensor,
  classesOf,
  withGatesAsOutput,
} from "@sebench/spec";
import { seededWeights, withFixedGates } from "@sebench/weights";
import { readCheckpointFile } from "./checkpoint-file.ts";
import { type BuiltMember, memberFrom, plainCounterpart } from "./member.ts";
import type { PairDescription } from "./pair.ts";
import { readTrainedMember } from "./trained-weights.ts";

/** Builds a member in canonical form, as spec defines it, with nothing folded. */
export async function buildMember(
  pair: Pick<PairDescription, "networks" | "imageSize" | "weights">,
  member: Member,
): Promise<BuiltMember> {
  const { networks, imageSize, weights } = pair;
  switch (weights.kind) {
    case "seeded": {
      const network = buildNetwork(networks[member], { imageSize });
      return { network, weights: seededWeights(network, weights.seed) };
    }
    case "trained":
      return readTrainedMember(networks[member], imageSize);
    case "checkpoint": {
      const own = weights[member];
      const file = await readCheckpointFile({ path: own ?? weights.se, prefix: weights.prefix });
      if (own !== null) return memberFrom(file, networks[member], imageSize);
      return plainCounterpart(memberFrom(file, networks.se, imageSize), imageSize);
    }
  }
}

/** Builds a member and writes it in a lowering, as a runtime runs it. */
export async function lowerMember(
  pair: PairDescription,
  member: Member,
  lowering: LoweringName,
  batch: number,
): Promise<LoweredNetwork> {
  const { network, weights } = await buildMember(pair, member);
  return lower(network, weights, lowering, { batch });
}

/** The images of a case, NCHW. They repeat where the case has more images than the dataset. */
export async function imagesOf({
  images,
  imageSize,
}: Pick<PairDescription, "images" | "imageSize">): Promise<Tensor> {
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

/** What a model is built from: a member of a pair, its output, and the gates that are fixed. */
export interface ModelDescription {
  readonly pair: Pick<PairDescription, "networks" | "imageSize" | "weights">;
  readonly member: Member;
  /** The output; `gates` gives the values of all gates before the logits. */
  readonly output: "logits" | "gates";
  /**
   * The values `[channels]` that a fixed gate has for every image, by the name of the gate's node.
   */
  readonly fixedGates: Readonly<Record<string, Float32Array>>;
}

export interface BuiltModel extends BuiltMember {
  /** The number of logits, which end each row of the output. */
  readonly classes: number;
}

export async function buildModel(description: ModelDescription): Promise<BuiltModel> {
  const { pair, member, output, fixedGates } = description;
  const built = await buildMember(pair, member);
  const fixed = new Map(Object.entries(fixedGates));
  const { network, weights } =
    fixed.size === 0 ? built : withFixedGates(built.network, built.weights, fixed);
  const classes = classesOf(network);
  return { network: output === "gates" ? withGatesAsOutput(network) : network, weights, classes };
}
