import type { Layout, LoweredNetwork } from "@sebench/lowering";
import type { Graph } from "./graph.ts";
import { type ModelFrame, writeModel } from "./model.ts";
import { nchwcDomain, nchwcVersion } from "./nchwc/blocks.ts";
import type { Notation, WeightSource } from "./notation.ts";
import type { TensorProto } from "./tensor-proto.ts";

export type OnnxPrecision = "fp32" | "fp16" | "int8";

/** What a model says of itself. */
export interface ModelDescription {
  readonly lowered: LoweredNetwork;
  /** Whether batch norms were folded into the layers before them. */
  readonly folded: boolean;
  readonly precision: OnnxPrecision;
}

/** The first ONNX release of opset 17 has IR version 8. */
const opsetVersion = 17;
const irVersion = 8;

/** That of this package. */
export const producerVersion = "0.1.0";

/** Beside ONNX's own operators, those of an engine, which no other can run. */
const domains: Readonly<Record<Layout, { domain: string; version: number }[]>> = {
  engine: [],
  nchwc: [{ domain: nchwcDomain, version: nchwcVersion }],
};

const reserved: Readonly<Record<Layout, string>> = {
  engine: "",
  nchwc: ", in blocks of channels: for onnxruntime's CPU provider only",
};

/** A graph and its initializers as the bytes of a model. */
export function writeNetwork(
  description: ModelDescription,
  { proto, constants }: Graph,
  notation: Notation,
  weights: WeightSource,
): Uint8Array {
  const { count, dataBytes } = notation.expected;
  return writeModel(
    { ...frameOf(description), graph: proto },
    initializers(constants, notation, weights),
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

/** One at a time: folded weights share their memory. */
function* initializers(
  constants: readonly TensorProto[],
  notation: Notation,
  weights: WeightSource,
): Generator<TensorProto> {
  yield* constants;
  yield* notation.initializers(weights);
}
