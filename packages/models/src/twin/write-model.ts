import { closeSync, openSync, realpathSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { InputError } from "@sebench/spec";
import protobuf from "protobufjs/minimal.js";
import {
  type Attribute,
  bodiesOf,
  type Constant,
  type Graph,
  type Model,
  type Node,
  titleOf,
} from "../graph/model.ts";
import { readValue } from "../graph/read-graph.ts";
import { constantsIn } from "../graph/read-model.ts";
import { type ByteSource, openBytes, type Span, type Field } from "../proto/byte-source.ts";
import { fieldsOf, spanOf, textOf } from "../proto/wire.ts";

/** The parts of a file that is to be written: bytes, or a span of the file that was read. */
type Part = Uint8Array | Span;

/**
 * Writes a model whose graph was changed. Every field and every node that is as it was goes into the
 * new file byte for byte; tensors and shapes that the graph no longer has are left out.
 *
 * @throws InputError where the file is the one that was read, or weights lie beside another folder
 */
export function writeModel(model: Model, path: string): void {
  using source = openBytes(model.path);
  writeParts(source, model, modelParts(source, model), path);
}

/** Writes the bytes that were made of a model's file, wherever `writeModel` would write it. */
export function writeBytes(model: Model, bytes: Uint8Array, path: string): void {
  using source = openBytes(model.path);
  writeParts(source, model, [bytes], path);
}

function writeParts(source: ByteSource, model: Model, parts: readonly Part[], path: string): void {
  refusePlace(model, path);
  // What is half written never has the name that was asked for.
  const part = `${path}.part`;
  const file = openSync(part, "wx");
  try {
    for (const each of parts) writePart(file, source, each);
    closeSync(file);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

function refusePlace({ path: read, graph }: Model, path: string): void {
  const folder = realpathSync(dirname(path));
  const same = () => realpathSync(path) === realpathSync(read);
  let isSame = false;
  try {
    isSame = same();
  } catch {
    // There is no such file yet.
  }
  if (isSame) {
    throw new InputError(`${path} is the model itself, which is never written over`, {
      remedy: "give another name",
    });
  }
  const isApart = folder !== realpathSync(dirname(read));
  if (isApart && constantsIn(graph).some(({ external }) => external !== null)) {
    throw new InputError(
      `the weights of ${read} are in files beside it, and ${path} is elsewhere`,
      {
        remedy: `write to ${dirname(read)}, where the weights are`,
      },
    );
  }
}

function modelParts(source: ByteSource, model: Model): Part[] {
  const parts: Part[] = [];
  for (const field of fieldsOf(source, { start: 0, end: source.size })) {
    if (field.number === 7) {
      const graph = graphParts(source, spanOf(field), model.graph);
      parts.push(
        headOf(
          7,
          graph.reduce((sum, each) => sum + lengthOf(each), 0),
        ),
        ...graph,
      );
    } else if (field.number !== 25 || model.inlined === 0) {
      parts.push(field.whole);
    }
  }
  return parts;
}

/** The fields of a GraphProto, the nodes at the place of the first. */
function graphParts(source: ByteSource, span: Span, graph: Graph): Part[] {
  const nodes = graph.nodes.flatMap((node) => nodeParts(source, node));
  const kept = new Set([...graph.constants, ...graph.values].map(({ name }) => name));
  const parts: Part[] = [];
  for (const constant of graph.constants) {
    if (constant.added !== null) parts.push(...messagePart(5, encodeTensor(constant)));
  }
  let written = false;
  for (const field of fieldsOf(source, span)) {
    if (field.number === 1) {
      if (!written) parts.push(...nodes);
      written = true;
    } else if (field.number === 11) {
      parts.push(...inputParts(source, field, graph));
    } else if (!nameOfDropped(source, field, kept)) {
      parts.push(field.whole);
    }
  }
  return parts;
}

/** An input, whose shape is written anew where the graph has other lengths than the file. */
function inputParts(source: ByteSource, field: Field, { inputs, constants }: Graph): Part[] {
  const before = readValue(source, spanOf(field));
  const isAsked = inputs.some(({ name }) => name === before.name);
  // An input without the tensor that it had for a default would have to be given.
  if (!isAsked && !constants.some(({ name }) => name === before.name)) return [];
  const { dims } = inputs.find(({ name }) => name === before.name) ?? before;
  const isSame =
    dims === null ||
    (dims.length === before.dims?.length && dims.every((dim, at) => dim === before.dims![at]));
  if (isSame) return [field.whole];
  const shape = protobuf.Writer.create();
  for (const dim of dims) {
    const own = protobuf.Writer.create();
    if (typeof dim === "number") own.uint32(8).int64(dim);
    else if (dim !== null) own.uint32(18).string(dim);
    shape.uint32(10).bytes(own.finish());
  }
  const tensor = protobuf.Writer.create().uint32(8).int32(before.type);
  const type = protobuf.Writer.create()
    .uint32(10)
    .bytes(tensor.uint32(18).bytes(shape.finish()).finish());
  const writer = protobuf.Writer.create();
  for (const part of fieldsOf(source, spanOf(field))) {
    if (part.number !== 2) writer.raw(source.read(part.whole));
  }
  return messagePart(11, writer.uint32(18).bytes(type.finish()).finish());
}

/** Whether a field is a tensor or a shape of a name that the graph no longer has. */
function nameOfDropped(source: ByteSource, field: Field, kept: ReadonlySet<string>): boolean {
  const nameAt = ({ 5: 8, 13: 1 } as Readonly<Record<number, number>>)[field.number];
  if (nameAt === undefined) return false;
  for (const part of fieldsOf(source, spanOf(field))) {
    if (part.number === nameAt) return !kept.has(textOf(source, part));
  }
  return false;
}

function nodeParts(source: ByteSource, node: Node): Part[] {
  if (node.span !== null && !node.changed) return [node.span];
  return messagePart(1, encodeNode(source, node));
}

function messagePart(number: number, bytes: Uint8Array): Part[] {
  return [headOf(number, bytes.length), bytes];
}

/** A NodeProto whose names are the node's, and whose other fields are those of its bytes. */
function encodeNode(source: ByteSource, node: Node): Uint8Array {
  if (bodiesOf(node).length > 0) {
    throw new InputError(`node ${titleOf(node)} has bodies, and came out of a function`, {
      remedy: "inline the model's functions with onnx.inliner first",
    });
  }
  const writer = protobuf.Writer.create();
  for (const input of node.inputs) writer.uint32(10).string(input);
  for (const output of node.outputs) writer.uint32(18).string(output);
  if (node.name !== "") writer.uint32(26).string(node.name);
  if (node.span === null) writer.uint32(34).string(node.op);
  for (const [name, attribute] of node.attributes) {
    const own = protobuf.Writer.create().uint32(10).string(name);
    if (attribute.span === null) encodeContent(own, attribute);
    else {
      for (const field of fieldsOf(source, attribute.span)) {
        if (field.number !== 1 && field.number !== 21) own.raw(source.read(field.whole));
      }
    }
    writer.uint32(42).bytes(own.finish());
  }
  if (node.span === null) {
    if (node.domain !== "") writer.uint32(58).string(node.domain);
    return writer.finish();
  }
  const [whole] = fieldsOf(source, node.span);
  for (const field of fieldsOf(source, spanOf(whole!))) {
    if (![1, 2, 3, 5].includes(field.number)) writer.raw(source.read(field.whole));
  }
  return writer.finish();
}

/** The numbers that `AttributeProto.AttributeType` has. */
const types = { float: 1, int: 2, text: 3, tensor: 4, ints: 7 };

/** Writes the value and the type of an attribute that the file does not have. */
export function encodeContent(writer: protobuf.Writer, attribute: Attribute): void {
  const type = (number: number) => writer.uint32(160).int32(number);
  switch (attribute.kind) {
    case "number":
      if (attribute.float) writer.uint32(21).float(attribute.value);
      else writer.uint32(24).int64(attribute.value);
      type(attribute.float ? types.float : types.int);
      return;
    case "numbers":
      for (const each of attribute.values) writer.uint32(64).int64(each);
      type(types.ints);
      return;
    case "text":
      writer.uint32(34).string(attribute.text);
      type(types.text);
      return;
    case "constant":
      writer.uint32(42).bytes(encodeTensor(attribute.constant));
      type(types.tensor);
      return;
    case "graphs":
    case "reference":
    case "other":
      throw new Error(`no pass writes an attribute of the kind ${attribute.kind}`);
  }
}

/** A TensorProto of values that the file does not have, or has in another format. */
export function encodeTensor({ name, type, dims, added }: Constant): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const dim of dims) writer.uint32(8).int64(dim);
  writer.uint32(16).int32(type);
  return writer.uint32(66).string(name).uint32(74).bytes(added!).finish();
}

/** The tag and the length of a field. */
function headOf(number: number, length: number): Uint8Array {
  const writer = protobuf.Writer.create().uint32(number * 8 + 2);
  return (length < 2 ** 32 ? writer.uint32(length) : writer.uint64(length)).finish();
}

function lengthOf(part: Part): number {
  return part instanceof Uint8Array ? part.length : part.end - part.start;
}

/** The most bytes that are copied at once. */
const chunkBytes = 1 << 22;

function writePart(file: number, source: ByteSource, part: Part): void {
  if (part instanceof Uint8Array) {
    writeAll(file, part);
    return;
  }
  for (let { start } = part; start < part.end; start += chunkBytes) {
    writeAll(file, source.read({ start, end: Math.min(part.end, start + chunkBytes) }));
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(file, bytes, written);
  }
}
