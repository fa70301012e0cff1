import { differenceOf, type NodeValues } from "@sebench/reference";
import type { BlockErrors } from "@sebench/report";
import type { Network, Node } from "@sebench/spec";

/** What a block of SE scales, by what, and what comes of it. */
interface ScaledBlock {
  readonly product: Node;
  /** The name of the map, or null where a convolution whose weights are scaled gives no map before. */
  readonly map: string | null;
  readonly gate: string;
}

/**
 * Says for each block of SE how far a runtime's map, gate and product are from the oracle's.
 */
export async function blockErrors(
  { network, given, right, scale }: NodeValues,
  titled: (node: string) => string,
): Promise<BlockErrors[]> {
  const errors: BlockErrors[] = [];
  for (const { product, map, gate } of blocksIn(network)) {
    const names = [...(map === null ? [] : [map]), gate, product.name];
    const values = await given(names);
    const errorOf = (name: string, size: number) =>
      finite(differenceOf(values[names.indexOf(name)]!, right(name), size).relative);
    errors.push({
      node: titled(product.name),
      stage: product.stage,
      block: product.block,
      map: map === null ? null : errorOf(map, scale(map)),
      gate: errorOf(gate, 1),
      product: errorOf(product.name, scale(product.name)),
    });
  }
  return errors;
}

function blocksIn({ nodes }: Network): ScaledBlock[] {
  return nodes.flatMap((product): ScaledBlock[] => {
    const { role, op, inputs } = product;
    const [map, gate] = inputs as [string, string];
    if (role !== "scale") return [];
    if (op.kind === "mul") return [{ product, map, gate }];
    return op.kind === "gatedConv2d" ? [{ product, map: null, gate }] : [];
  });
}

const finite = (value: number) => (Number.isFinite(value) ? value : null);
