import { inputShape, type Network, nodeOf, nodesWithInputs } from "@sebench/spec";
import type { onnx } from "./onnx-proto.js";
import { operatorsOf } from "./operators.ts";
import { floatType, type TensorProto } from "./tensor-proto.ts";

/** Names of the model's only input `[batch, 3, height, width]` and output `[batch, classes]`. */
const inputName = "images";
const outputName = "logits";

export interface Graph {
  /** Without initializers. */
  readonly proto: onnx.GraphProto.$Properties;
  /** Initializers that the operators need beside the network's parameters. */
  readonly constants: readonly TensorProto[];
}

/** The graph for a fixed number of images. Values and operators are named as the nodes. */
export function graphOf(network: Network, batch: number): Graph {
  const operators = [...nodesWithInputs(network)].map(([node, inputShapes]) =>
    operatorsOf({
      node,
      batch,
      inputs: node.inputs.map((input) => valueName(network, input)),
      output: valueName(network, node.name),
      inputShapes,
    }),
  );
  return {
    proto: {
      name: network.name,
      node: operators.flatMap(({ nodes }) => nodes),
      input: [floatValue(inputName, [batch, ...inputShape(network)])],
      output: [floatValue(outputName, [batch, ...nodeOf(network, network.output).shape])],
    },
    constants: operators.flatMap(({ constants }) => constants),
  };
}

function valueName(network: Network, node: string): string {
  if (node === network.output) return outputName;
  return node === network.nodes[0]?.name ? inputName : node;
}

function floatValue(name: string, shape: readonly number[]): onnx.ValueInfoProto.$Properties {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: floatType, shape: { dim } } } };
}
