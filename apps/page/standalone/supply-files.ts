import type { PairDescription } from "@sebench/pairs";

/** The file that lists the pairs of the page, as `PairDescription[]`. */
export const pairsFile = "pairs.json";

/** The file of a pair's images, a tensor `images` `[count, 3, size, size]`. */
export function imagesFile({ images, imageSize }: Pick<PairDescription, "images" | "imageSize">) {
  return `images/${images.dataset}-${imageSize}-${images.count}.safetensors`;
}

/** The file of the oracle's logits for a network, a tensor `logits` `[images, classes]` in float64. */
export function oracleFile(network: string, imageSize: number): string {
  return `oracle/${network}-${imageSize}.safetensors`;
}

/** The file of the trained weights of a network. */
export function weightsFile(network: string): string {
  return `weights/${network}.safetensors`;
}
