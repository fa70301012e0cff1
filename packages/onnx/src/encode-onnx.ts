import type { LoweredNetwork } from "@sebench/lowering";
import { elementCount, InputError, parametersOf, type Tensor } from "@sebench/spec";
import { checkWeights, foldBatchNorm } from "@sebench/weights";
import { graphOf } from "./graph.ts";
import { type ModelFrame, writeModel } from "./model.ts";
import { floatTensor, type TensorProto } from "./tensor-proto.ts";

export interface OnnxOptions {
  /** Images in one run; the model's shapes are static. */
  readonly batch: number;
  /**
   * Whether batch norms go into the convolutions before them, as in a model
   * that is deployed; default true. Else they are `BatchNormalization` nodes.
   */
  readonly foldBatchNorm?: boolean;
}

/** The first ONNX release of opset 17 has IR version 8. */
const opsetVersion = 17;
const irVersion = 8;

/** That of this package. */
export const producerVersion = "0.1.0";

/**
 * The bytes of an ONNX model with one float32 input `images`
 * `[batch, 3, height, width]` and one output `logits` `[batch, classes]`.
 * They may be a view of a larger buffer. Throws an `InputError` where the batch
 * is not a positive whole number or the weights do not fit the network.
 */
export function encodeOnnx(lowered: LoweredNetwork, options: OnnxOptions): Uint8Array {
  const { batch, foldBatchNorm: fold = true } = options;
  if (!Number.isInteger(batch) || batch < 1) {
    throw new InputError(`a batch of ${batch} images cannot be run`, {
      remedy: "give a whole number of at least 1",
    });
  }
  checkWeights(lowered.network, lowered.weights);
  const folded = fold ? foldBatchNorm(lowered.network, lowered.weights) : null;
  const { network } = folded ?? lowered;
  const { proto: graph, constants } = graphOf(network, batch);
  const parameters = parametersOf(network);
  const values = parameters.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return writeModel(
    { ...describe(lowered, fold), graph },
    initializers(constants, folded?.weights.inTurn() ?? lowered.weights),
    { count: parameters.length + constants.length, dataBytes: values * 4 },
  );
}

function describe(
  { network, lowering }: LoweredNetwork,
  folded: boolean,
): Omit<ModelFrame, "graph"> {
  const batchNorm = folded ? "folded into the convolutions" : "as operators";
  return {
    irVersion,
    producerName: "sebench",
    producerVersion,
    docString: `${network.name}: squeeze-and-excitation as ${lowering}, batch norm ${batchNorm}.`,
    opsetImport: [{ domain: "", version: opsetVersion }],
    metadataProps: [
      { key: "network", value: network.name },
      { key: "lowering", value: lowering },
    ],
  };
}

/** One at a time: folded weights share their memory. */
function* initializers(
  constants: readonly TensorProto[],
  weights: Iterable<readonly [name: string, Tensor]>,
): Generator<TensorProto> {
  yield* constants;
  for (const [name, { shape, data }] of weights) yield floatTensor(name, shape, data);
}
