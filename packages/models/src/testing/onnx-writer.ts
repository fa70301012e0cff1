import protobuf from "protobufjs/minimal.js";

/** A value of an attribute: integers are told apart from floats by `float`. */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | Float
  | { readonly tensor: Uint8Array }
  | { readonly graph: Uint8Array }
  | { readonly reference: string };

/** A float, which `1` alone would not be. */
interface Float {
  readonly float: number;
}

export const float = (value: number): Float => ({ float: value });

const writer = () => protobuf.Writer.create();
const message = (to: protobuf.Writer, field: number, bytes: Uint8Array) =>
  to.uint32((field << 3) | 2).bytes(bytes);
const text = (to: protobuf.Writer, field: number, value: string) =>
  to.uint32((field << 3) | 2).string(value);
const varint = (to: protobuf.Writer, field: number, value: number) =>
  to.uint32(field << 3).int64(value);

/** A TensorProto of float32, or of int64 where `type` is 7, or of halves by their bits where it is 10. */
export function tensor(
  name: string,
  dims: readonly number[],
  values: readonly number[],
  type = 1,
): Uint8Array {
  const to = writer();
  for (const dim of dims) varint(to, 1, dim);
  varint(to, 2, type);
  text(to, 8, name);
  const data =
    type === 7
      ? BigInt64Array.from(values, BigInt)
      : type === 3
        ? Int8Array.from(values)
        : type === 2
          ? Uint8Array.from(values)
          : type === 10
            ? Uint16Array.from(values)
            : Float32Array.from(values);
  return message(to, 9, new Uint8Array(data.buffer)).finish();
}

/** A TensorProto of float32 whose values are all alike. */
export function filled(name: string, dims: readonly number[], value = 0.1): Uint8Array {
  const size = dims.reduce((all, dim) => all * dim, 1);
  return tensor(
    name,
    dims,
    Array.from({ length: size }, () => value),
  );
}

/** A TensorProto whose values are in another file. */
export function externalTensor(
  name: string,
  dims: readonly number[],
  place: Readonly<Record<string, string>>,
): Uint8Array {
  const to = writer();
  for (const dim of dims) varint(to, 1, dim);
  varint(to, 2, 1);
  text(to, 8, name);
  for (const [key, value] of Object.entries(place)) {
    message(to, 13, text(text(writer(), 1, key), 2, value).finish());
  }
  return varint(to, 14, 1).finish();
}

function attribute(name: string, value: AttributeValue): Uint8Array {
  const to = text(writer(), 1, name);
  if (typeof value === "number") return varint(varint(to, 3, value), 20, 2).finish();
  if (typeof value === "string") return varint(text(to, 4, value), 20, 3).finish();
  if ("float" in value) return varint(to.uint32((2 << 3) | 5).float(value.float), 20, 1).finish();
  if ("tensor" in value) return varint(message(to, 5, value.tensor), 20, 4).finish();
  if ("graph" in value) return varint(message(to, 6, value.graph), 20, 5).finish();
  if ("reference" in value) return varint(text(to, 21, value.reference), 20, 2).finish();
  for (const each of value) varint(to, 8, each);
  return varint(to, 20, 7).finish();
}

/** A NodeProto. */
export function node(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain = "",
): Uint8Array {
  const to = writer();
  for (const input of inputs) text(to, 1, input);
  for (const output of outputs) text(to, 2, output);
  text(to, 3, `${op} of ${outputs[0]}`);
  text(to, 4, op);
  for (const [name, value] of Object.entries(attributes)) message(to, 5, attribute(name, value));
  if (domain !== "") text(to, 7, domain);
  return to.finish();
}

/** A ValueInfoProto of float32, or of another `type`, with numbers and names as lengths. */
export function valueInfo(
  name: string,
  dims: readonly (number | string)[] | null,
  elementType = 1,
): Uint8Array {
  const to = text(writer(), 1, name);
  if (dims === null) return to.finish();
  const shape = writer();
  for (const dim of dims) {
    const own = typeof dim === "number" ? varint(writer(), 1, dim) : text(writer(), 2, dim);
    message(shape, 1, own.finish());
  }
  const type = message(varint(writer(), 1, elementType), 2, shape.finish()).finish();
  return message(to, 2, message(writer(), 1, type).finish()).finish();
}

export interface GraphParts {
  readonly nodes: readonly Uint8Array[];
  readonly constants?: readonly Uint8Array[];
  readonly inputs?: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

/** A GraphProto. */
export function graph({ nodes, constants = [], inputs = [], outputs }: GraphParts): Uint8Array {
  const to = writer();
  for (const each of nodes) message(to, 1, each);
  text(to, 2, "graph");
  for (const each of constants) message(to, 5, each);
  for (const each of inputs) message(to, 11, each);
  for (const each of outputs) message(to, 12, each);
  return to.finish();
}

/** A FunctionProto. */
export function modelFunction(
  domain: string,
  name: string,
  parts: {
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
    readonly attributes?: readonly string[];
    readonly nodes: readonly Uint8Array[];
  },
  opset = 17,
): Uint8Array {
  const to = text(writer(), 1, name);
  for (const each of parts.inputs) text(to, 4, each);
  for (const each of parts.outputs) text(to, 5, each);
  for (const each of parts.attributes ?? []) text(to, 6, each);
  for (const each of parts.nodes) message(to, 7, each);
  message(to, 9, text(varint(writer(), 2, opset), 1, "").finish());
  return text(to, 10, domain).finish();
}

/** A ModelProto. */
export function model(
  parts: GraphParts,
  {
    opset = 17,
    domains = {},
    functions = [],
    irVersion = functions.length > 0 ? 8 : 7,
  }: {
    readonly opset?: number;
    readonly irVersion?: number;
    readonly domains?: Readonly<Record<string, number>>;
    readonly functions?: readonly Uint8Array[];
  } = {},
): Uint8Array {
  const to = varint(writer(), 1, irVersion);
  text(to, 2, "sebench-test");
  message(to, 7, graph(parts));
  for (const [domain, version] of [["", opset], ...Object.entries(domains)] as const) {
    message(to, 8, varint(text(writer(), 1, domain), 2, version).finish());
  }
  message(to, 14, text(text(writer(), 1, "key"), 2, "kept").finish());
  for (const each of functions) message(to, 25, each);
  return to.finish();
}
