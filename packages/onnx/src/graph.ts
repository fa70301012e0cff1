import { inputShape, type Network, nodeOf, nodesWithInputs } from "@sebench/spec";
import type { Notation } from "./notation.ts";
import type { onnx } from "./onnx-proto.js";
import { type Operators, operatorsOf, sequence } from "./operators.ts";
import { floatType, type TensorProto } from "./tensor-proto.ts";
import { inputName, outputName } from "./value-name.ts";

export interface Graph {
  /** Without initializers. */
  readonly proto: onnx.GraphProto.$Properties;
  /** Initializers that the operators need beside the network's parameters. */
  readonly constants: readonly TensorProto[];
}

/** The graph for a fixed number of images. Values and operators are named as the nodes. */
export function graphOf(network: Network, batch: number, notation: Notation): Graph {
  const parts = [...nodesWithInputs(network)].map(([node, inputShapes]): Operators => {
    const { parameters, before } = notation.parametersOf(node);
    const operators = operatorsOf({
      node: { ...node, parameters },
      batch,
      inputs: node.inputs.map(notation.reads),
      output: notation.gives(node.name),
      inputShapes,
      scalar: notation.scalar,
    });
    return sequence(before, operators, notation.afterNode(node));
  });
  return graphOfOperators(network, batch, sequence(...parts));
}

/** From an image's value to the logits'. */
export function graphOfOperators(
  network: Network,
  batch: number,
  { nodes, constants }: Operators,
): Graph {
  return {
    proto: {
      name: network.name,
      node: [...nodes],
      input: [floatValue(inputName, [batch, ...inputShape(network)])],
      output: [floatValue(outputName, [batch, ...nodeOf(network, network.output).shape])],
    },
    constants,
  };
}

export function floatValue(
  name: string,
  shape: readonly number[],
): onnx.ValueInfoProto.$Properties {
  const dim = shape.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType: floatType, shape: { dim } } } };
}
