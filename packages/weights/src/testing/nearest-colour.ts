import { buildNetwork, type DeclaredParameter, elementCount, parametersOf } from "@sebench/spec";
import { fromWeights } from "../safetensors/stored-weights.ts";
import { writeSafetensors } from "../safetensors/write-safetensors.ts";

/** The network that tells colours apart. */
export const colourNetwork = "se-resnet8";

/** The normalisation that the network undoes, by channel, of pixels in 0 to 1. */
interface Normalisation {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/**
 * A safetensors file of SE-ResNet-8 whose class k is the colour nearest to an image's mean colour.
 * On images of these colours anything under 100 % is a wrong label or a wrong pixel.
 *
 * The stem gives back the pixels, the branches of all blocks give 0, the shortcuts hand the pixels
 * on, and the classifier has 2 c·x - c·c for the colour c, which is largest where x is nearest.
 *
 * @param colours The red, green and blue of each class, in 0 to 255.
 */
export function nearestColourFile(
  colours: readonly (readonly number[])[],
  normalisation: Normalisation,
): Uint8Array {
  const network = buildNetwork(colourNetwork, { classes: colours.length });
  const weights = new Map(
    parametersOf(network).map((parameter) => {
      const data = new Float32Array(elementCount(parameter.shape));
      fill(data, parameter, colours, normalisation);
      return [parameter.name, { shape: parameter.shape, data }] as const;
    }),
  );
  return writeSafetensors(fromWeights(weights));
}

function fill(
  data: Float32Array,
  { name, slot, shape }: DeclaredParameter,
  colours: readonly (readonly number[])[],
  { mean, deviation }: Normalisation,
): void {
  const light = (value: number) => value / 255;
  const [, inputs = 1, height = 1, width = 1] = shape;
  const centre = Math.floor((height * width) / 2);
  const through = (channel: number) => (channel * inputs + channel) * height * width + centre;
  if (slot === "variance") data.fill(1);
  else if (name === "conv1.weight")
    deviation.forEach((by, channel) => (data[through(channel)] = by));
  else if (name === "bn1.bias") data.set(mean);
  else if (name === "bn1.weight" || name.endsWith("downsample.1.weight")) data.fill(1);
  else if (name.endsWith("downsample.0.weight"))
    mean.forEach((_, channel) => (data[through(channel)] = 1));
  else if (name === "fc.weight") {
    colours.forEach((rgb, label) =>
      data.set(
        rgb.map((value) => 2 * light(value)),
        label * inputs,
      ),
    );
  } else if (name === "fc.bias") {
    data.set(colours.map((rgb) => -rgb.reduce((sum, value) => sum + light(value) ** 2, 0)));
  }
}
