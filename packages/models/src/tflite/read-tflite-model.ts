import { InputError } from "@sebench/spec";
import { type FileOperator, type FileTensor, readTflite } from "@sebench/tflite";
import type { Constant, Model, Node, Value } from "../graph/model.ts";
import { openBytes, sha256Of } from "../proto/byte-source.ts";
import { opRules } from "./op-rules.ts";
import { integersOf, OperatorLowering, Unwritten } from "./operator.ts";

/** A TensorFlow Lite model, and the same in ONNX's operators. */
export interface TfliteModel {
  /** The model in ONNX's operators, as the finder of blocks reads it. */
  readonly model: Model;
  readonly bytes: Uint8Array;
  readonly operators: readonly FileOperator[];
  /** The operator for which a node of the model stands; those of layout alone have none. */
  readonly origins: ReadonlyMap<Node, FileOperator>;
  readonly tensors: readonly FileTensor[];
  /** The first operator that the model does not compute as the file does, or null where there is none. */
  readonly unwritten: FileOperator | null;
}

/** Whether a file begins as a TensorFlow Lite model does. */
export function isTflite(path: string): boolean {
  using source = openBytes(path);
  return Buffer.from(source.peek(0, 8)).toString("latin1", 4) === "TFL3";
}

/** The longest file that is read, in bytes: offsets in it have 32 bits. */
const longest = 2 ** 31;

/**
 * Reads a TensorFlow Lite model.
 *
 * @throws InputError that says in one sentence what is wrong with the file, and what helps
 */
export function readTfliteModel(path: string): TfliteModel {
  using source = openBytes(path);
  try {
    if (source.size >= longest) throw new InputError("it has 2 GiB or more");
    const bytes = source.read({ start: 0, end: source.size });
    return assembled(bytes, { path, bytes: source.size, sha256: sha256Of(source) });
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    const { message, remedy } = cause;
    throw new InputError(`${path}: ${message}`, { ...(remedy && { remedy }), cause });
  }
}

function assembled(
  bytes: Uint8Array,
  about: Pick<Model, "path" | "bytes" | "sha256">,
): TfliteModel {
  const file = readTflite(bytes);
  const { tensors } = file;
  const origins = new Map<Node, FileOperator>();
  const constants = tensors.flatMap((tensor) => constantOf(tensor) ?? []);
  const nodes: Node[] = [];
  let unwritten: FileOperator | null = null;
  for (const operator of file.operators) {
    const lowering = new OperatorLowering(operator, tensors);
    const made = lower(lowering);
    if (made === null || isQuantised(lowering)) unwritten ??= operator;
    const outputs = made ?? lowering.opaque();
    const names = lowering.outputs.map(({ name }) => name);
    for (const node of lowering.named(outputs, names)) {
      if (!lowering.layouts.has(node)) origins.set(node, operator);
      nodes.push(node);
    }
    constants.push(...lowering.constants);
  }
  const valueOf = (index: number): Value => {
    const { name, type, shape, free } = tensors[index]!;
    return { name, type: typeNumbers[type] ?? 0, dims: free ? null : shape };
  };
  const computed = tensors.flatMap(({ values }, index) => (values === null ? [index] : []));
  return {
    model: {
      ...about,
      irVersion: 8,
      opsets: new Map([["", 17]]),
      producer: { name: file.description, version: "" },
      metadata: [],
      graph: {
        name: "model",
        nodes,
        constants,
        defaults: new Set(),
        inputs: file.inputs.map(valueOf),
        outputs: file.outputs.map(valueOf),
        values: computed.map(valueOf),
      },
      inlined: 0,
      reordered: false,
      weightBytes: tensors.reduce((sum, { values }) => sum + (values?.byteLength ?? 0), 0),
    },
    bytes,
    operators: file.operators,
    origins,
    tensors,
    unwritten,
  };
}

/** The outputs of an operator in ONNX's operators, or null where it cannot be written. */
function lower(lowering: OperatorLowering): readonly string[] | null {
  const rule = opRules.get(lowering.operator.name);
  if (rule === undefined) return null;
  try {
    const made = rule(lowering);
    return typeof made === "string" ? [made] : made;
  } catch (error) {
    if (!(error instanceof Unwritten)) throw error;
    lowering.made.length = 0;
    lowering.constants.length = 0;
    return null;
  }
}

/** Whether an operator computes with integers that stand for others, as no made node does. */
function isQuantised({ inputs, outputs }: OperatorLowering): boolean {
  return [...inputs, ...outputs].some((tensor) => tensor?.quantised);
}

/** The numbers that ONNX has for TensorFlow Lite's types of elements. */
const typeNumbers: Readonly<Record<string, number>> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  complex128: 15,
  bfloat16: 16,
  int4: 22,
};

function constantOf(tensor: FileTensor): Constant | null {
  const { name, type, shape, values } = tensor;
  if (values === null) return null;
  return {
    name,
    type: typeNumbers[type] ?? 0,
    dims: shape,
    values: type === "float32" ? floatsOf(values) : integersOf(tensor),
    data: [],
    added: values,
    external: null,
  };
}

/** The most floats of a constant whose values are looked at. */
const mostFloats = 1024;

function floatsOf({ buffer, byteOffset, byteLength }: Uint8Array): readonly number[] | null {
  if (byteLength > 4 * mostFloats) return null;
  const view = new DataView(buffer, byteOffset, byteLength);
  return Array.from({ length: byteLength / 4 }, (_, at) => view.getFloat32(4 * at, true));
}
