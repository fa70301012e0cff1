import { inputShape, type Network, nodeOf, nodesWithInputs } from "@sebench/spec";
import { floatType, type TensorProto } from "../proto/tensor-proto.ts";
import { type Notation, inputName, outputName } from "./notation.ts";
import type { onnx } from "../proto/onnx-proto.js";
import { type Operators, operatorsOf, sequence, type Site } from "./operators.ts";

export interface Graph {
  /** The graph without initializers. */
  readonly proto: onnx.GraphProto.$Properties;
  /** Initializers that the operators need beside the network's parameters. */
  readonly constants: readonly TensorProto[];
}

/** Writes the graph for a fixed number of images. Values and operators have the names of the nodes. */
export function graphOf(network: Network, batch: number, notation: Notation): Graph {
  const parts = [...nodesWithInputs(network)].map(([node, inputShapes]): Operators => {
    const { parameters, before } = notation.parametersOf(node);
    const site: Site = {
      node: { ...node, parameters },
      batch,
      inputs: node.inputs.map(notation.reads),
      output: notation.gives(node.name),
      inputShapes,
      scalar: notation.scalar,
      bound: notation.bound,
    };
    const operators = notation.operatorsOf?.(site) ?? operatorsOf(site);
    return sequence(before, operators, notation.afterNode(node));
  });
  return graphOfOperators(network, batch, sequence(...parts));
}

/** Makes a graph of the operators that lead from the images to the logits. */
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
