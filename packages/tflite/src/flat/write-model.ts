import { Builder, type Offset } from "flatbuffers";
import type { TfliteGraph, TfliteOperator, TfliteTensor } from "../graph/graph.ts";
import { operatorNames } from "./operator-names.ts";
import * as schema from "./schema.ts";

/** What a file tells beside its graph. */
export interface ModelFacts {
  readonly description: string;
  /** Facts for whoever finds the file by itself, by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The alignment of constants in the file, which the schema asks for, in bytes. */
const alignment = 16;

/** The room for the tables of a tensor, an operator and a constant, in bytes. */
const tableBytes = 256;

/**
 * Writes a graph as the bytes of a `.tflite` file, whose signature `serving_default` names inputs and
 * outputs. Constants are computed one at a time. The bytes are a view of a larger buffer.
 */
export function writeTflite(graph: TfliteGraph, facts: ModelFacts): Uint8Array {
  const constants = graph.tensors.flatMap(({ constant }) => constant ?? []);
  const room = constants.reduce((sum, { byteLength }) => sum + byteLength + alignment, 0);
  const builder = new Builder(room + tableBytes * (graph.tensors.length + 16));
  const writer = new FlatWriter(builder);
  const { tensors, buffers } = writer.tensors(graph.tensors);
  const metadata = Object.entries(facts.metadata).map(([name, text]) => {
    const data = builder.createByteVector(new TextEncoder().encode(text));
    buffers.push(writer.table([[schema.bufferFields.data, "offset", data]]));
    return writer.table([
      [schema.metadataFields.name, "offset", builder.createString(name)],
      [schema.metadataFields.buffer, "uint32", buffers.length - 1],
    ]);
  });
  const codes = codesOf(graph.operators);
  const subgraph = writer.subgraph(graph, tensors, codes);
  const { modelFields } = schema;
  const root = writer.table([
    [modelFields.version, "uint32", schema.schemaVersion],
    [modelFields.operatorCodes, "offset", writer.operatorCodes(codes)],
    [modelFields.subgraphs, "offset", writer.offsets([subgraph])],
    [modelFields.description, "offset", builder.createString(facts.description)],
    [modelFields.buffers, "offset", writer.offsets(buffers)],
    [modelFields.metadata, "offset", writer.offsets(metadata)],
    [modelFields.signatures, "offset", writer.offsets([writer.signature(graph)])],
  ]);
  builder.finish(root, schema.fileIdentifier);
  return builder.asUint8Array();
}

/** The kinds and versions of operators of a graph, each once; an operator names its own by the place. */
function codesOf(operators: readonly TfliteOperator[]): string[] {
  return [...new Set(operators.map(codeOf))];
}

const codeOf = ({ kind, version }: TfliteOperator) => `${kind} ${version}`;

/** A field of a table: its number, its type, and its value. */
type FieldValue = readonly [
  slot: number,
  type: "int8" | "int32" | "uint32" | "bool" | "offset",
  value: number,
];

/** Writes the tables of the schema, which a FlatBuffer holds before those that refer to them. */
class FlatWriter {
  readonly #builder: Builder;

  constructor(builder: Builder) {
    this.#builder = builder;
  }

  /** Writes a table, of whose fields those of value 0 are left out. */
  table(fields: readonly FieldValue[]): Offset {
    const builder = this.#builder;
    builder.startObject(Math.max(-1, ...fields.map(([slot]) => slot)) + 1);
    for (const [slot, type, value] of fields) {
      if (type === "int8") builder.addFieldInt8(slot, value, 0);
      else if (type === "bool") builder.addFieldInt8(slot, value, 0);
      else if (type === "offset") builder.addFieldOffset(slot, value, 0);
      else builder.addFieldInt32(slot, value, 0);
    }
    return builder.endObject();
  }

  offsets(values: readonly Offset[]): Offset {
    const builder = this.#builder;
    builder.startVector(4, values.length, 4);
    for (const value of values.toReversed()) builder.addOffset(value);
    return builder.endVector();
  }

  integers(values: readonly number[]): Offset {
    const builder = this.#builder;
    builder.startVector(4, values.length, 4);
    for (const value of values.toReversed()) builder.addInt32(value);
    return builder.endVector();
  }

  /** Writes tensors and the buffers that they name; buffer 0 is the empty one of computed values. */
  tensors(tensors: readonly TfliteTensor[]): { tensors: Offset; buffers: Offset[] } {
    const builder = this.#builder;
    const { tensorFields, bufferFields } = schema;
    const buffers = [this.table([])];
    const tables = tensors.map(({ name, shape, type, constant }) => {
      let buffer = 0;
      if (constant !== null) {
        const { buffer: own, byteOffset, byteLength } = constant.values();
        builder.prep(alignment, byteLength);
        const data = builder.createByteVector(new Uint8Array(own, byteOffset, byteLength));
        buffer = buffers.push(this.table([[bufferFields.data, "offset", data]])) - 1;
      }
      return this.table([
        [tensorFields.shape, "offset", this.integers(shape)],
        [tensorFields.type, "int8", schema.elementTypes[type]],
        [tensorFields.buffer, "uint32", buffer],
        [tensorFields.name, "offset", builder.createString(name)],
      ]);
    });
    return { tensors: this.offsets(tables), buffers };
  }

  subgraph(graph: TfliteGraph, tensors: Offset, codes: readonly string[]): Offset {
    const { subgraphFields } = schema;
    const operators = graph.operators.map((operator) =>
      this.#operator(operator, codes.indexOf(codeOf(operator))),
    );
    return this.table([
      [subgraphFields.tensors, "offset", tensors],
      [subgraphFields.inputs, "offset", this.integers(graph.inputs)],
      [subgraphFields.outputs, "offset", this.integers(graph.outputs)],
      [subgraphFields.operators, "offset", this.offsets(operators)],
      [subgraphFields.name, "offset", this.#builder.createString(graph.name)],
    ]);
  }

  #operator({ kind, inputs, outputs, options }: TfliteOperator, code: number): Offset {
    const { operatorFields } = schema;
    const name = schema.optionsOf[kind];
    const written: FieldValue[] = name === null ? [] : this.#options(name, options);
    return this.table([
      [operatorFields.code, "uint32", code],
      [operatorFields.inputs, "offset", this.integers(inputs)],
      [operatorFields.outputs, "offset", this.integers(outputs)],
      ...written,
    ]);
  }

  #options(name: schema.OptionsName, options: TfliteOperator["options"]): FieldValue[] {
    const { operatorFields } = schema;
    const table: { type: number; fields: object } = schema.optionsTables[name];
    const fields = Object.entries(table.fields).map(([field, [slot, type]]): FieldValue => {
      return [slot, type, options[field] ?? 0];
    });
    return [
      [operatorFields.optionsType, "int8", table.type],
      [operatorFields.options, "offset", this.table(fields)],
    ];
  }

  operatorCodes(codes: readonly string[]): Offset {
    const { operatorCodeFields } = schema;
    const tables = codes.map((text) => {
      const [kind, version] = text.split(" ") as [string, string];
      const code = operatorNames.indexOf(kind);
      return this.table([
        [operatorCodeFields.shortCode, "int8", Math.min(code, schema.greatestShortCode)],
        [operatorCodeFields.version, "int32", Number(version)],
        [operatorCodeFields.code, "int32", code],
      ]);
    });
    return this.offsets(tables);
  }

  signature({ tensors, inputs, outputs }: TfliteGraph): Offset {
    const { signatureFields, tensorMapFields } = schema;
    const builder = this.#builder;
    const named = (indices: readonly number[]) =>
      this.offsets(
        indices.map((index) =>
          this.table([
            [tensorMapFields.name, "offset", builder.createString(tensors[index]!.name)],
            [tensorMapFields.tensor, "uint32", index],
          ]),
        ),
      );
    return this.table([
      [signatureFields.inputs, "offset", named(inputs)],
      [signatureFields.outputs, "offset", named(outputs)],
      [signatureFields.key, "offset", builder.createString("serving_default")],
    ]);
  }
}
