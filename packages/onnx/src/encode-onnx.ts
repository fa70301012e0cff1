import type { Layout, LoweredNetwork } from "@sebench/lowering";
import { InputError, type Network } from "@sebench/spec";
import { checkWeights, foldBatchNorm, type Weights } from "@sebench/weights";
import protobuf from "protobufjs/minimal.js";
import { graphOf, floatValue, type Graph } from "./graph/graph.ts";
import { type Notation, type WeightSource, valueName } from "./graph/notation.ts";
import { nchwcDomain, nchwcVersion } from "./nchwc/blocks.ts";
import { nchwcGraphOf } from "./nchwc/nchwc-graph.ts";
import type { ActivationRanges } from "./precision/activation-scales.ts";
import { fp16Notation, fp32Notation } from "./precision/float-notation.ts";
import { int8Notation } from "./precision/int8-notation.ts";
import { integerForm } from "./precision/integer-form.ts";
import { int } from "./proto/attribute.ts";
import { onnx } from "./proto/onnx-proto.js";
import type { TensorProto } from "./proto/tensor-proto.ts";

export interface OnnxOptions {
  /** The number of images in one run, which is fixed since the model's shapes are static. */
  readonly batch: number;
  /**
   * Whether batch norms are folded into the convolutions before them, as in a model
   * that is deployed, or are `BatchNormalization` nodes; default true.
   */
  readonly foldBatchNorm?: boolean;
  /** The precision that the model computes in, default `fp32`; input and output are always float32. */
  readonly precision?: OnnxPrecision;
  /** The ranges from which int8 takes its scales, measured with the model of `encodeRangesModel`. */
  readonly ranges?: ActivationRanges;
  /** Facts of the weights that the model's metadata repeats, beside the network's own. */
  readonly metadata?: Readonly<Record<string, string>>;
}

type NotationOf = (network: Network, options: OnnxOptions) => Notation;

const notations: Readonly<Record<OnnxPrecision, NotationOf>> = {
  fp32: fp32Notation,
  fp16: fp16Notation,
  int8: (network, { ranges }) => int8Notation(network, ranges ?? {}),
};

const graphs: Readonly<Record<Layout, typeof graphOf>> = { engine: graphOf, nchwc: nchwcGraphOf };

/**
 * Writes a network as the bytes of an ONNX model with one float32 input `images`
 * `[batch, 3, height, width]` and one output `logits` `[batch, classes]`. The bytes may
 * be a view of a larger buffer. Throws an `InputError` if the batch is not a positive
 * whole number, the weights do not fit the network or the precision, a range is missing,
 * or the layout has no operators of that precision.
 */
export function encodeOnnx(lowered: LoweredNetwork, options: OnnxOptions): Uint8Array {
  const { batch, foldBatchNorm: folded = true, precision = "fp32", metadata = {} } = options;
  const { layout = "engine" } = lowered;
  if (!Number.isInteger(batch) || batch < 1) {
    throw new InputError(`a batch of ${batch} images cannot be run`, {
      remedy: "give a whole number of at least 1",
    });
  }
  if (layout === "nchwc" && precision !== "fp32") {
    throw new InputError(`the layout nchwc has no ${precision} operators`, {
      remedy: "choose fp32, or another lowering",
    });
  }
  checkWeights(lowered.network, lowered.weights);
  const form = folded
    ? foldBatchNorm(lowered.network, lowered.weights)
    : { network: lowered.network, weights: sourceOf(lowered.weights) };
  const { network, weights } =
    precision === "int8" ? integerForm(form, options.ranges ?? {}) : form;
  const notation = notations[precision](network, options);
  const graph = graphs[layout](network, batch, notation);
  return writeNetwork({ lowered, folded, precision, metadata }, graph, notation, weights);
}

function sourceOf(weights: Weights): WeightSource {
  return { get: (name) => weights.get(name), inTurn: () => weights };
}

/** A model that tells the range of every node's output for one image. */
export interface RangesModel {
  readonly bytes: Uint8Array;
  /** The names of each node's two outputs, each of one number: the least and the greatest value. */
  readonly outputs: ReadonlyMap<string, readonly [least: string, greatest: string]>;
}

/** Writes the fp32 model, batch norms folded, that tells the ranges which `encodeOnnx` takes for int8. */
export function encodeRangesModel(lowered: LoweredNetwork): RangesModel {
  checkWeights(lowered.network, lowered.weights);
  const { network, weights } = foldBatchNorm(lowered.network, lowered.weights);
  const notation = fp32Notation(network);
  const { proto, constants } = graphOf(network, 1, notation);
  const outputs = new Map<string, readonly [string, string]>();
  const node = [...proto.node!];
  const output = [...proto.output!];
  for (const { name } of network.nodes) {
    const value = valueName(network, name);
    const [least, greatest] = [`${value}/least`, `${value}/greatest`];
    outputs.set(name, [least, greatest]);
    node.push(reduction("ReduceMin", value, least), reduction("ReduceMax", value, greatest));
    output.push(floatValue(least, []), floatValue(greatest, []));
  }
  const graph = { proto: { ...proto, node, output }, constants };
  const description = { lowered, folded: true, precision: "fp32", metadata: {} } as const;
  return { bytes: writeNetwork(description, graph, notation, weights), outputs };
}

/** An operator that reduces a value over all axes to one number. */
function reduction(opType: string, value: string, output: string): onnx.NodeProto.$Properties {
  return {
    name: output,
    opType,
    input: [value],
    output: [output],
    attribute: [int("keepdims", 0)],
  };
}

type OnnxPrecision = "fp32" | "fp16" | "int8";

/** The facts that a model tells of itself. */
interface ModelDescription {
  readonly lowered: LoweredNetwork;
  /** Whether batch norms were folded into the layers before them. */
  readonly folded: boolean;
  readonly precision: OnnxPrecision;
  readonly metadata: Readonly<Record<string, string>>;
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
function writeNetwork(
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

function frameOf(description: ModelDescription): Omit<ModelFrame, "graph"> {
  const { lowered, folded, precision, metadata } = description;
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
      ...Object.entries(metadata).map(([key, value]) => ({ key, value })),
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
