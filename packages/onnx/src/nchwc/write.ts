import type { Operators } from "../graph/operators.ts";
import type { Attribute } from "../proto/attribute.ts";
import { int64Tensor, type TensorProto } from "../proto/tensor-proto.ts";
import { nchwcDomain } from "./blocks.ts";

/** Writes an operator of ONNX that has the name of the value that it gives. */
export function operator(
  output: string,
  opType: string,
  input: string[],
  attribute: Attribute[] = [],
  constants: readonly TensorProto[] = [],
): Operators {
  return { nodes: [{ name: output, opType, input, output: [output], attribute }], constants };
}

/** Puts operators into the domain of blocked maps. */
export function inDomain({ nodes, constants }: Operators): Operators {
  return { nodes: nodes.map((node) => Object.assign(node, { domain: nchwcDomain })), constants };
}

/** Writes a `Reshape` to dimensions that are known when the model is written. */
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

/** Writes a tensor with zeros after its values, so many along each axis. */
export function zerosAfter(output: string, from: string, added: readonly number[]): Operators {
  const amounts = int64Tensor(`layout/zeros-${added.join("-")}`, [...added.map(() => 0), ...added]);
  return operator(output, "Pad", [from, amounts.name!], [], [amounts]);
}

/** Writes the first channels of a plain map. */
export function firstChannels(output: string, from: string, channels: number): Operators {
  const bound = (value: number) => int64Tensor(`layout/size${value}`, [value]);
  const [start, end, axis] = [bound(0), bound(channels), bound(1)];
  const names = [start, end, axis].map(({ name }) => name!);
  return operator(output, "Slice", [from, ...names], [], [start, end, axis]);
}

/** Leaves out every operator and constant whose name has come before. */
export function distinct({ nodes, constants }: Operators): Operators {
  return { nodes: firstOfName(nodes), constants: firstOfName(constants) };
}

function firstOfName<Item extends { readonly name?: string | null }>(items: readonly Item[]) {
  const byName = new Map<string, Item>();
  for (const item of items) if (!byName.has(item.name!)) byName.set(item.name!, item);
  return [...byName.values()];
}
