import type { Network } from "@sebench/spec";

/** Names of the model's only input `[batch, 3, height, width]` and output `[batch, classes]`. */
export const inputName = "images";
export const outputName = "logits";

/** The node that stands for the image. */
export function inputNode(network: Network): string | undefined {
  return network.nodes[0]?.name;
}

/** A value is named as the node that gives it, but for the model's input and output. */
export function valueName(network: Network, node: string): string {
  if (node === network.output) return outputName;
  return node === inputNode(network) ? inputName : node;
}
