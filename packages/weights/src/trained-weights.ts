/** Weights that ship, trained and not drawn from a seed. */
export interface TrainedWeights {
  /** The data set whose training images they have seen, by its name in `@sebench/datasets`. */
  readonly dataset: "fashion-mnist";
  /** A safetensors file, whose keys are the network's own names of its parameters. */
  readonly file: URL;
}

/** Every network of which they ship: both members of each pair. */
export const trainedNetworks: readonly string[] = [
  "resnet8",
  "se-resnet8",
  "resnet20",
  "se-resnet20",
];

/** Of the images, in pixels. */
const trainedSize = 32;

/** Those of exactly this network at exactly this size, in pixels; null where none ship. */
export function trainedWeights(network: string, imageSize: number): TrainedWeights | null {
  if (imageSize !== trainedSize || !trainedNetworks.includes(network)) return null;
  const path = `../trained/${network}/weights.safetensors`;
  // In two steps: bundlers take a URL that is written in one for a file to pack.
  return { dataset: "fashion-mnist", file: new URL(path, import.meta.url) };
}
