import type { Layout, LoweredNetwork } from "@sebench/lowering";
import protobuf from "protobufjs/minimal.js";
import type { Graph } from "./graph/graph.ts";
import type { Notation, WeightSource } from "./graph/notation.ts";
import { nchwcDomain, nchwcVersion } from "./nchwc/blocks.ts";
import { onnx } from "./proto/onnx-proto.js";
import type { TensorProto } from "./proto/tensor-proto.ts";

export type OnnxPrecision = "fp32" | "fp16" | "int8";

/** The facts that a model tells of itself. */
export interface ModelDescription {
  readonly lowered: LoweredNetwork;
  /** Whether batch norms were folded into the layers before them. */
  readonly folded: boolean;
  readonly precision: OnnxPrecision;
}

/** The first ONNX release of opset 17 has IR version 8. */
const opsetVersion = 17;
const irVersion = 8;

/** The version of this package, which a model names as its producer's. */
export const producerVersion = "0.1.0";

/** The domains of operators beside ONNX's own, which only one engine can run. */
const domains: Readonly<Record<Layout, { domain: string; version: number }[]>> = {
  engine: [],
  nchwc: [{ domain: nchwcDomain, version: nchwcVersion }],
};

const reserved: Readonly<Record<Layout, string>> = {
  engine: "",
  nchwc: ", in blocks of channels: for onnxruntime's CPU provider only",
};

/** Writes a graph and its initializers as the bytes of a model. */
export function writeNetwork(
  description: ModelDescription,
  { proto, constants }: Graph,
  notation: Notation,
  weights: WeightSource,
): Uint8Array {
  const { count, dataBytes } = notation.expected;
  return writeModel(
    { ...frameOf(description), graph: proto },
    initializersOf(constants, notation, weights),
    { count: count + constants.length, dataBytes },
  );
}

function frameOf({ lowered, folded, precision }: ModelDescription): Omit<ModelFrame, "graph"> {
  const { network, lowering, layout = "engine" } = lowered;
  const batchNorm = folded ? "folded into the convolutions" : "as operators";
  return {
    irVersion,
    producerName: "sebench",
    producerVersion,
    docString: `${network.name}: squeeze-and-excitation as ${lowering}, batch norm ${batchNorm}, ${precision}${reserved[layout]}.`,
    opsetImport: [{ domain: "", version: opsetVersion }, ...domains[layout]],
    metadataProps: [
      { key: "network", value: network.name },
      { key: "lowering", value: lowering },
      { key: "precision", value: precision },
      ...(layout === "engine" ? [] : [{ key: "layout", value: layout }]),
    ],
  };
}

/** Yields one initializer at a time, since folded weights share their memory. */
function* initializersOf(
  constants: readonly TensorProto[],
  notation: Notation,
  weights: WeightSource,
): Generator<TensorProto> {
  yield* constants;
  yield* notation.initializers(weights);
}

/** A model without its initializers. */
interface ModelFrame extends onnx.ModelProto.$Properties {
  readonly graph: onnx.GraphProto.$Properties;
}

/** The tag of `ModelProto.graph`: field 7, length-delimited. */
const graphTag = (7 << 3) | 2;

/** The room for an initializer's name, dimensions and tags, in bytes. */
const headerBytes = 256;

/**
 * Writes a model into one buffer. The initializers are taken one by one, so that each
 * can be made when it is asked for and forgotten once it is written; a repeated field
 * may come in pieces, so each initializer is written as a `GraphProto` that has nothing
 * else. `count` and `dataBytes` tell how many initializers and bytes to expect, and the
 * result is a view of a slightly larger buffer.
 */
function writeModel(
  { graph, ...model }: ModelFrame,
  initializers: Iterable<TensorProto>,
  expected: { readonly count: number; readonly dataBytes: number },
): Uint8Array {
  const frameBytes = onnx.ModelProto.encode({ ...model, graph }).pos;
  const writer = new protobuf.Writer();
  // A writer doubles a full buffer, which would take two and a half times the model's size.
  writer.buf = new Uint8Array(frameBytes + expected.count * headerBytes + expected.dataBytes);
  onnx.ModelProto.encode(model, writer).uint32(graphTag).fork();
  onnx.GraphProto.encode(graph, writer);
  for (const tensor of initializers) onnx.GraphProto.encode({ initializer: [tensor] }, writer);
  return writer.ldelim().finish(true);
}
