import { InputError } from "@sebench/spec";
import { type FlatTable, rootTable } from "./flat-table.ts";
import { checkShapes } from "./check-shapes.ts";
import { operatorNames } from "./operator-names.ts";
import * as schema from "./schema.ts";
import { type FileOperator, type FileTensor, type TfliteFile, tensorTypes } from "./tflite-file.ts";

/** The greatest version that is taken to be one of an operator's: those known end below. */
const greatestVersion = 32;

/** The longest text of metadata that is kept, in bytes. */
const longestFact = 1024;

/**
 * Reads a TensorFlow Lite model, and holds it to what engines take for granted: every offset lies in
 * the file, every index names a tensor, every value is given once and before it is read, constants
 * have the bytes of their shapes, shapes follow from the operators, and these and their versions are known. Constants are not copied.
 *
 * @throws InputError that says in one sentence what is wrong with the file
 */
export function readTflite(bytes: Uint8Array): TfliteFile {
  const identifier = new TextDecoder("latin1").decode(bytes.subarray(4, 8));
  if (identifier !== schema.fileIdentifier) {
    throw damaged("it is no TensorFlow Lite model: the letters TFL3 are not where they belong");
  }
  const root = rootTable(bytes);
  const { modelFields } = schema;
  const version = root.uint32(modelFields.version);
  if (version !== schema.schemaVersion) {
    throw damaged(`it is of version ${version} of the format, and version 3 is read`);
  }
  const [subgraph, ...others] = root.tables(modelFields.subgraphs);
  if (subgraph === undefined) throw damaged("it has no graph");
  if (others.length > 0) {
    throw new InputError(`the file has ${others.length + 1} graphs, of which one is read`, {
      remedy: "convert the model without control flow, and with one signature",
    });
  }
  const data = root
    .tables(modelFields.buffers)
    .map((buffer) => buffer.bytes(schema.bufferFields.data));
  const tensors = named(
    subgraph
      .tables(schema.subgraphFields.tensors)
      .map((table, index) => readTensor(table, index, data)),
  );
  const codes = root.tables(modelFields.operatorCodes).map(readCode);
  const operators = subgraph
    .tables(schema.subgraphFields.operators)
    .map((table) => readOperator(table, codes));
  const inputs = subgraph.integers(schema.subgraphFields.inputs);
  const outputs = subgraph.integers(schema.subgraphFields.outputs);
  const file = { tensors, operators, inputs, outputs };
  requireOrder(file);
  checkShapes(tensors, operators);
  return {
    ...file,
    description: root.text(modelFields.description),
    metadata: readMetadata(root, data),
  };
}

function damaged(what: string): InputError {
  return new InputError(`the file cannot be read: ${what}`, {
    remedy: "fetch or convert it again",
  });
}

function readTensor(
  table: FlatTable,
  index: number,
  data: readonly (Uint8Array | null)[],
): FileTensor {
  const { tensorFields } = schema;
  const name = table.text(tensorFields.name);
  const title = name || `number ${index}`;
  const [type, bits] = tensorTypes[table.int8(tensorFields.type)] ?? [];
  if (type === undefined || bits === undefined) {
    throw damaged(`the tensor ${title} is of a type that is not known`);
  }
  const shape = table.integers(tensorFields.shape);
  if (shape.some((extent) => extent < 0))
    throw damaged(`the tensor ${title} has a negative length`);
  const size = shape.reduce((product, extent) => product * extent, 1);
  const place = table.uint32(tensorFields.buffer);
  const values = data[place];
  if (values === undefined)
    throw damaged(`the tensor ${title} names buffer ${place}, which is not there`);
  const isKnown = bits > 0 && table.table(tensorFields.sparsity) === null;
  if (
    values !== null &&
    values.length > 0 &&
    isKnown &&
    values.length !== Math.ceil((size * bits) / 8)
  ) {
    throw damaged(
      `the tensor ${title} has ${values.length} bytes, which is not what its shape needs`,
    );
  }
  const own = values === null || values.length === 0 ? null : values;
  const free = table.integers(tensorFields.shapeSignature).includes(-1);
  return { name, shape, type, values: own, quantised: isQuantised(table), free };
}

/** Gives each tensor a name that is its alone. */
function named(tensors: readonly FileTensor[]): FileTensor[] {
  const seen = new Set<string>();
  return tensors.map((tensor, index) => {
    const isTaken = tensor.name === "" || seen.has(tensor.name);
    const name = isTaken ? `${tensor.name || "tensor"}@${index}` : tensor.name;
    seen.add(name);
    return { ...tensor, name };
  });
}

function isQuantised(table: FlatTable): boolean {
  const quantization = table.table(schema.tensorFields.quantization);
  return (quantization?.bytes(2)?.length ?? 0) > 0;
}

type Code = Pick<FileOperator, "name" | "isCustom" | "version">;

function readCode(table: FlatTable): Code {
  const { operatorCodeFields } = schema;
  const short = table.int8(operatorCodeFields.shortCode);
  const code = Math.max(short, table.int32(operatorCodeFields.code));
  const name = operatorNames[code];
  if (name === undefined) throw damaged(`operator ${code} of TensorFlow Lite is not known`);
  const version = table.int32(operatorCodeFields.version, 1);
  if (version < 1 || version > greatestVersion) {
    throw damaged(`version ${version} of the operator ${name} is not known`);
  }
  if (name !== "CUSTOM") return { name, isCustom: false, version };
  const custom = table.text(operatorCodeFields.customCode);
  if (custom === "") throw damaged("a custom operator has no name");
  return { name: custom, isCustom: true, version };
}

function readOperator(table: FlatTable, codes: readonly Code[]): FileOperator {
  const { operatorFields } = schema;
  const place = table.uint32(operatorFields.code);
  const code = codes[place];
  if (code === undefined)
    throw damaged(`an operator is of kind ${place}, which the file does not list`);
  return {
    ...code,
    inputs: table.integers(operatorFields.inputs),
    outputs: table.integers(operatorFields.outputs),
    options: readOptions(table),
    customOptions: table.bytes(operatorFields.customOptions),
  };
}

function readOptions(operator: FlatTable): Readonly<Record<string, number>> {
  const { operatorFields, readFields } = schema;
  const fields = readFields.get(operator.uint8(operatorFields.optionsType));
  const table = operator.table(operatorFields.options);
  if (fields === undefined || table === null) return {};
  const read = ([slot, kind, absent = 0]: schema.Field) => {
    if (kind === "float32") return table.float32(slot, absent);
    return kind === "int32" ? table.int32(slot, absent) : table.int8(slot, absent);
  };
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, read(field)]));
}

/** Requires that indices name tensors, and that each value is given once, before it is read. */
function requireOrder({
  tensors,
  operators,
  inputs,
  outputs,
}: Pick<TfliteFile, "tensors" | "operators" | "inputs" | "outputs">): void {
  const given = new Set<number>();
  const give = (index: number, by: string) => {
    const tensor = tensors[index];
    if (tensor === undefined) throw damaged(`${by} gives tensor ${index}, which is not there`);
    if (tensor.values !== null || given.has(index)) {
      throw damaged(`${by} gives the tensor ${tensor.name}, which is given before`);
    }
    given.add(index);
  };
  const read = (index: number, by: string) => {
    const tensor = tensors[index];
    if (tensor === undefined) throw damaged(`${by} reads tensor ${index}, which is not there`);
    if (tensor.values === null && !given.has(index)) {
      throw damaged(`${by} reads the tensor ${tensor.name}, which nothing before it gives`);
    }
  };
  for (const index of inputs) give(index, "the list of inputs");
  for (const { name, inputs: reads, outputs: gives } of operators) {
    for (const index of reads) if (index !== -1) read(index, `an operator ${name}`);
    for (const index of gives) give(index, `an operator ${name}`);
  }
  for (const index of outputs) read(index, "the list of outputs");
}

function readMetadata(
  root: FlatTable,
  data: readonly (Uint8Array | null)[],
): Readonly<Record<string, string>> {
  const { modelFields, metadataFields } = schema;
  return Object.fromEntries(
    root.tables(modelFields.metadata).flatMap((entry): [string, string][] => {
      const values = data[entry.uint32(metadataFields.buffer)];
      if (!values || values.length > longestFact) return [];
      return [[entry.text(metadataFields.name), new TextDecoder().decode(values)]];
    }),
  );
}
