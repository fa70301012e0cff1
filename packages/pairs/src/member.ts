import {
  buildNetwork,
  classesOf,
  InputError,
  type Network,
  parametersOf,
  plainName,
} from "@sebench/spec";
import { checkpointWeights, classesIn, toldKey, type Weights } from "@sebench/weights";
import type { CheckpointFile } from "./checkpoint-file.ts";

export interface BuiltMember {
  readonly network: Network;
  readonly weights: Weights;
}

/** The side of the images in pixels, or null for the network's own. */
type ImageSize = number | null;

/**
 * Builds a network with a file's weights, and with as many classes as the file's classifier has.
 */
export function memberFrom(
  { stored, path }: Pick<CheckpointFile, "stored" | "path">,
  name: string,
  imageSize: ImageSize,
): BuiltMember {
  const network = build(name, imageSize);
  const classes = classesIn(network, stored);
  const fitted = classes === null ? network : build(name, imageSize, classes);
  return {
    network: fitted,
    weights: checkpointWeights(fitted, stored, labelOf(path, stored.prefixes)),
  };
}

/** The name of a file in messages, which name its keys without the prefixes. */
function labelOf(path: string, prefixes: readonly string[]): string {
  return prefixes.length === 0 ? path : `${path} (without ${prefixes.map(toldKey).join(", ")})`;
}

/** Builds the plain counterpart of a member with SE, with the weights that both members have. */
export function plainCounterpart(se: BuiltMember, imageSize: ImageSize): BuiltMember {
  const network = build(plainName(se.network.name), imageSize, classesOf(se.network));
  const weights = parametersOf(network).map(({ name }) => [name, shared(se, name)] as const);
  return { network, weights: new Map(weights) };
}

function shared({ network, weights }: BuiltMember, name: string) {
  const tensor = weights.get(name);
  if (tensor) return tensor;
  throw new InputError(`${network.name} has no ${name}, which its plain counterpart has`, {
    remedy: "give the plain member a file of its own, with --plain-weights",
  });
}

function build(name: string, imageSize: ImageSize, classes?: number): Network {
  return buildNetwork(name, {
    ...(imageSize === null ? {} : { imageSize }),
    ...(classes === undefined ? {} : { classes }),
  });
}
