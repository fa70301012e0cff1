import { createHash } from "node:crypto";
import { type Network, type Tensor } from "@sebench/spec";
import { contentHash, type Weights } from "@sebench/weights";

/** The version of the executor's arithmetic; raise it when that changes, so that no old answer is used. */
const arithmeticVersion = 1;

/**
 * The SHA-256, in hexadecimal, of everything that the logits depend on. The network's name and the
 * roles of its nodes are not part of it.
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

/** JSON text that does not depend on the order in which an object's keys were written. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
