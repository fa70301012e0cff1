import type { Span, Field } from "../proto/byte-source.ts";

/** A model of the user's, as its file has it. Weights stay in the file. */
export interface Model {
  readonly path: string;
  /** The length of the file in bytes, without what lies in files beside it. */
  readonly bytes: number;
  /** The SHA-256 of the file in hexadecimal digits. */
  readonly sha256: string;
  readonly irVersion: number;
  /** The version of the operators of each domain; that of ONNX's own is "". */
  readonly opsets: ReadonlyMap<string, number>;
  /** The program that wrote the file, "" where the file does not say. */
  readonly producer: { readonly name: string; readonly version: string };
  readonly metadata: readonly (readonly [string, string])[];
  readonly graph: Graph;
  /** The number of calls of the model's own functions that were replaced by their nodes. */
  readonly inlined: number;
  /** Whether the nodes stood in another order than they run in. */
  readonly reordered: boolean;
  /** The bytes of weights, those in other files included. */
  readonly weightBytes: number;
}

/** A graph, or the body of a node such as If. */
export interface Graph {
  readonly name: string;
  /** The nodes, each after those whose outputs it reads. */
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
  /** The names of the constants that are inputs as well, whose tensors are defaults. */
  readonly defaults: ReadonlySet<string>;
  /** The inputs, without those that have a default. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** The values between inputs and outputs of which the file tells the shape. */
  readonly values: readonly Value[];
}

export interface Node {
  /** The name of the node, "" where it has none. */
  readonly name: string;
  readonly op: string;
  /** The domain of the operator, "" for ONNX's own. */
  readonly domain: string;
  /** The names of the inputs, "" for one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** The bytes of the node in the file, or null for a node that the file does not have. */
  readonly span: Span | null;
  /** Whether names or attributes are others than those bytes have. */
  readonly changed: boolean;
}

export type Attribute = AttributeContent & {
  /** The bytes of the attribute in the file without tag and length, or null where it is not there. */
  readonly span: Span | null;
};

type AttributeContent =
  | { readonly kind: "number"; readonly value: number; readonly float: boolean }
  | { readonly kind: "numbers"; readonly values: readonly number[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "constant"; readonly constant: Constant }
  | { readonly kind: "graphs"; readonly graphs: readonly Graph[] }
  /** The attribute of the call of the function in whose body the node stands. */
  | { readonly kind: "reference"; readonly to: string }
  | { readonly kind: "other" };

/** A tensor whose values the file holds. */
export interface Constant {
  readonly name: string;
  /** The number that `TensorProto.DataType` has for the type. */
  readonly type: number;
  readonly dims: readonly number[];
  /** The values, where they are at most 1024 numbers, or else null. */
  readonly values: readonly number[] | null;
  /** The fields of the model's file that hold the values. */
  readonly data: readonly Field[];
  /** The values, in little-endian order, of a tensor that the file does not have, or else null. */
  readonly added: Uint8Array | null;
  /** The file that holds the values, beside the model's, or null where that is the model's own. */
  readonly external: External | null;
}

/** The place of values outside of the model's file. */
export interface External {
  /** The path of the file, relative to the folder of the model. */
  readonly location: string;
  readonly offset: number;
  /** The length in bytes. */
  readonly length: number;
}

/** A length along one axis: a number, the name of one that is free, or null if nothing is known. */
export type Dim = number | string | null;

export type Dims = readonly Dim[];

export interface Value {
  readonly name: string;
  /** The number that `TensorProto.DataType` has for the type, or 0 for what is no tensor. */
  readonly type: number;
  /** The shape, or null where the file tells not even the number of axes. */
  readonly dims: Dims | null;
}

/** The types of elements, by the number that `TensorProto.DataType` has for each. */
export const elementTypes: Readonly<Record<number, { name: string; bits: number }>> = {
  1: { name: "float32", bits: 32 },
  2: { name: "uint8", bits: 8 },
  3: { name: "int8", bits: 8 },
  4: { name: "uint16", bits: 16 },
  5: { name: "int16", bits: 16 },
  6: { name: "int32", bits: 32 },
  7: { name: "int64", bits: 64 },
  8: { name: "string", bits: 0 },
  9: { name: "bool", bits: 8 },
  10: { name: "float16", bits: 16 },
  11: { name: "float64", bits: 64 },
  12: { name: "uint32", bits: 32 },
  13: { name: "uint64", bits: 64 },
  14: { name: "complex64", bits: 64 },
  15: { name: "complex128", bits: 128 },
  16: { name: "bfloat16", bits: 16 },
  17: { name: "float8e4m3fn", bits: 8 },
  18: { name: "float8e4m3fnuz", bits: 8 },
  19: { name: "float8e5m2", bits: 8 },
  20: { name: "float8e5m2fnuz", bits: 8 },
  21: { name: "uint4", bits: 4 },
  22: { name: "int4", bits: 4 },
  23: { name: "float4e2m1", bits: 4 },
};

export const isFloat = (type: number): boolean => [1, 10, 11, 16].includes(type);

/** The number of elements of a shape. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** The number of an attribute, or what it counts as where it is left out. */
export function numberOf(node: Node, name: string, unless: number): number {
  const attribute = node.attributes.get(name);
  return attribute?.kind === "number" ? attribute.value : unless;
}

/** The numbers of an attribute, or null where it is left out. */
export function numbersOf(node: Node, name: string): readonly number[] | null {
  const attribute = node.attributes.get(name);
  return attribute?.kind === "numbers" ? attribute.values : null;
}

/** The text of an attribute, or "" where it is left out. */
export function stringOf(node: Node, name: string): string {
  const attribute = node.attributes.get(name);
  return attribute?.kind === "text" ? attribute.text : "";
}

/** The bodies of a node such as If or Loop. */
export function bodiesOf({ attributes }: Node): readonly Graph[] {
  return [...attributes.values()].flatMap((attribute) =>
    attribute.kind === "graphs" ? attribute.graphs : [],
  );
}

/** A node's name for people: its own, or that of its first output. */
export function titleOf({ name, outputs, op }: Node): string {
  return name || outputs.find((output) => output !== "") || op;
}
