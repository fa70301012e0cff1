import { createHash } from "node:crypto";
import { type Network, type Tensor } from "@sebench/spec";
import { contentHash, type Weights } from "@sebench/weights";

/** Raised when the executor's arithmetic changes, so that what was cached before is not believed. */
const arithmeticVersion = 1;

/**
 * SHA-256, in hexadecimal, of all that the logits depend on. The network's name and the roles of its
 * nodes are not among it.
 */
export async function oracleKey(
  network: Network,
  weights: Weights,
  images: Tensor,
): Promise<string> {
  const graph = network.nodes.map(({ name, op, inputs, parameters, shape }) => ({
    name,
    op,
    inputs,
    parameters,
    shape,
  }));
  const { data } = images;
  return createHash("sha256")
    .update(
      canonicalJson({
        arithmeticVersion,
        graph,
        output: network.output,
        weights: await contentHash(weights),
        images: images.shape,
      }),
    )
    .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    .digest("hex");
}

/** JSON whose text does not depend on the order in which an object's keys were written. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
