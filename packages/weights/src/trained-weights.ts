/** Weights that ship with this package, trained and not drawn from a seed. */
export interface TrainedWeights {
  /** The data set that the weights are trained on, by its name in `@sebench/datasets`. */
  readonly dataset: "fashion-mnist";
  /** A safetensors file, whose keys are the network's own names of its parameters. */
  readonly file: URL;
}

/** Every network whose trained weights ship, both members of each pair among them. */
export const trainedNetworks: readonly string[] = [
  "resnet8",
  "se-resnet8",
  "resnet20",
  "se-resnet20",
  "plain-mobilenet-v3-tiny",
  "mobilenet-v3-tiny",
];

/** The height and width of the training images, in pixels. */
const trainedSize = 32;

/** The trained weights of exactly this network at this size in pixels, or null if none ship. */
export function trainedWeights(network: string, imageSize: number): TrainedWeights | null {
  if (imageSize !== trainedSize || !trainedNetworks.includes(network)) return null;
  const path = `../trained/${network}/weights.safetensors`;
  // The URL is made in two steps, since bundlers pack the file of a URL that is written in one.
  return { dataset: "fashion-mnist", file: new URL(path, import.meta.url) };
}
