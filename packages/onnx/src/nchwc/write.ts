import type { Attribute } from "../attribute.ts";
import type { Operators } from "../operators.ts";
import { int64Tensor, type TensorProto } from "../tensor-proto.ts";
import { nchwcDomain } from "./blocks.ts";

/** An operator of ONNX, named as the value that it gives. */
export function operator(
  output: string,
  opType: string,
  input: string[],
  attribute: Attribute[] = [],
  constants: readonly TensorProto[] = [],
): Operators {
  return { nodes: [{ name: output, opType, input, output: [output], attribute }], constants };
}

/** Of the domain of blocked maps, else the same. */
export function inDomain({ nodes, constants }: Operators): Operators {
  return { nodes: nodes.map((node) => Object.assign(node, { domain: nchwcDomain })), constants };
}

/** To dimensions that are known here. */
export function reshaped(
  output: string,
  from: string,
  dims: readonly number[],
  name = output,
): Operators {
  const shape = int64Tensor(`${name}/shape`, dims);
  const node = { name, opType: "Reshape", input: [from, shape.name!], output: [output] };
  return { nodes: [node], constants: [shape] };
}

/** Each operator and each constant once, where it first stands: a name tells which it is. */
export function distinct({ nodes, constants }: Operators): Operators {
  return { nodes: firstOfName(nodes), constants: firstOfName(constants) };
}

function firstOfName<Item extends { readonly name?: string | null }>(items: readonly Item[]) {
  const byName = new Map<string, Item>();
  for (const item of items) if (!byName.has(item.name!)) byName.set(item.name!, item);
  return [...byName.values()];
}
