import { InputError } from "@sebench/spec";
import type { ByteSource, Span, Field } from "../proto/byte-source.ts";
import { fieldsOf, intOf, intsOf, floatsOf, spanOf, textOf } from "../proto/wire.ts";
import type { Attribute, Constant, Dim, Graph, Node, Value } from "./model.ts";
import { readConstant } from "./read-constant.ts";

/** The deepest nesting of bodies in bodies. */
const deepest = 16;

/** Reads a GraphProto, its nodes in the order of the file. */
export function readGraph(source: ByteSource, span: Span, depth = 0): Graph {
  if (depth > deepest) {
    throw new InputError(`its graphs are nested more than ${deepest} deep`, {
      remedy: "export the model without loops in loops",
    });
  }
  const nodes: Node[] = [];
  const constants: Constant[] = [];
  const inputs: Value[] = [];
  const outputs: Value[] = [];
  const values: Value[] = [];
  let name = "";
  for (const field of fieldsOf(source, span)) {
    if (field.number === 1) nodes.push(readNode(source, field, depth));
    else if (field.number === 2) name = textOf(source, field);
    else if (field.number === 5) constants.push(readConstant(source, spanOf(field)));
    else if (field.number === 11) inputs.push(readValue(source, spanOf(field)));
    else if (field.number === 12) outputs.push(readValue(source, spanOf(field)));
    else if (field.number === 13) values.push(readValue(source, spanOf(field)));
    else if (field.number === 15) constants.push(readSparse(source, spanOf(field)));
  }
  const held = new Set(constants.map((constant) => constant.name));
  const asked = inputs.filter((input) => !held.has(input.name));
  const defaults = new Set(inputs.flatMap((input) => (held.has(input.name) ? [input.name] : [])));
  return { name, nodes, constants, defaults, inputs: asked, outputs, values };
}

export function readNode(source: ByteSource, field: Field, depth: number): Node {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  const texts = { name: "", op: "", domain: "" };
  for (const part of fieldsOf(source, spanOf(field))) {
    if (part.number === 1) inputs.push(textOf(source, part));
    else if (part.number === 2) outputs.push(textOf(source, part));
    else if (part.number === 3) texts.name = textOf(source, part);
    else if (part.number === 4) texts.op = textOf(source, part);
    else if (part.number === 7) texts.domain = textOf(source, part);
    else if (part.number === 5) {
      const [name, attribute] = readAttribute(source, spanOf(part), depth);
      attributes.set(name, attribute);
    }
  }
  const domain = texts.domain === "ai.onnx" ? "" : texts.domain;
  return { ...texts, domain, inputs, outputs, attributes, span: field.whole, changed: false };
}

export function readAttribute(source: ByteSource, span: Span, depth: number): [string, Attribute] {
  const [numbers, graphs]: [number[], Graph[]] = [[], []];
  let [name, reference, isList] = ["", "", false];
  let found: Attribute = { kind: "other", span };
  for (const field of fieldsOf(source, span)) {
    const { number } = field;
    if (number === 1) name = textOf(source, field);
    else if (number === 2) {
      found = { kind: "number", value: floatsOf(source, field)[0] ?? 0, float: true, span };
    } else if (number === 3) found = { kind: "number", value: intOf(field), float: false, span };
    else if (number === 4) found = { kind: "text", text: textOf(source, field), span };
    else if (number === 5) {
      found = { kind: "constant", constant: readConstant(source, spanOf(field)), span };
    } else if (number === 6 || number === 11) {
      graphs.push(readGraph(source, spanOf(field), depth + 1));
    } else if (number === 7) append(numbers, floatsOf(source, field));
    else if (number === 8) append(numbers, intsOf(source, field));
    else if (number === 20) isList = intOf(field) === 6 || intOf(field) === 7;
    else if (number === 21) reference = textOf(source, field);
  }
  if (reference !== "") return [name, { kind: "reference", to: reference, span }];
  if (graphs.length > 0) return [name, { kind: "graphs", graphs, span }];
  if (numbers.length > 0 || isList) return [name, { kind: "numbers", values: numbers, span }];
  return [name, found];
}

/** Appends numbers, of which there may be more than a call takes arguments. */
function append(numbers: number[], more: readonly number[]): void {
  for (const each of more) numbers.push(each);
}

/** Reads a SparseTensorProto as a tensor of its shape, whose values are not looked at. */
function readSparse(source: ByteSource, span: Span): Constant {
  const dims: number[] = [];
  let [name, type] = ["", 1];
  for (const field of fieldsOf(source, span)) {
    if (field.number === 1) ({ name, type } = readConstant(source, spanOf(field)));
    else if (field.number === 3) append(dims, intsOf(source, field));
  }
  return { name, type, dims, values: null, data: [], added: null, external: null };
}

export function readValue(source: ByteSource, span: Span): Value {
  let [name, type]: [string, Pick<Value, "type" | "dims">] = ["", { type: 0, dims: null }];
  for (const field of fieldsOf(source, span)) {
    if (field.number === 1) name = textOf(source, field);
    if (field.number !== 2) continue;
    for (const kind of fieldsOf(source, spanOf(field))) {
      if (kind.number === 1) type = readTensorType(source, spanOf(kind));
    }
  }
  return { name, type: type.type, dims: type.dims };
}

function readTensorType(source: ByteSource, span: Span): Pick<Value, "type" | "dims"> {
  let [type, dims]: [number, Dim[] | null] = [0, null];
  for (const field of fieldsOf(source, span)) {
    if (field.number === 1) type = intOf(field);
    else if (field.number === 2) {
      dims = [];
      for (const dim of fieldsOf(source, spanOf(field))) {
        if (dim.number === 1) dims.push(readDim(source, spanOf(dim)));
      }
    }
  }
  return { type, dims };
}

function readDim(source: ByteSource, span: Span): Dim {
  let dim: Dim = null;
  for (const field of fieldsOf(source, span)) {
    // Exporters write 0 or -1 for a length that is free.
    if (field.number === 1) dim = intOf(field) > 0 ? intOf(field) : null;
    else if (field.number === 2) dim = textOf(source, field) || null;
  }
  return dim;
}
