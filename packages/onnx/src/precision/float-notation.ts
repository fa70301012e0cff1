import { elementCount, type Network, parametersOf } from "@sebench/spec";
import {
  noOperators,
  type Notation,
  type WeightSource,
  inputNode,
  valueName,
} from "../graph/notation.ts";
import type { Operators } from "../graph/operators.ts";
import { int } from "../proto/attribute.ts";
import {
  floatTensor,
  floatType,
  halfTensor,
  halfType,
  type TensorProto,
} from "../proto/tensor-proto.ts";

/** The notation of float32, in which every value and parameter stays as it is. */
export function fp32Notation(network: Network): Notation {
  const name = (node: string) => valueName(network, node);
  return {
    gives: name,
    reads: name,
    afterNode: () => noOperators,
    parametersOf: ({ parameters }) => ({ parameters, before: noOperators }),
    scalar: scalarBy(floatTensor),
    bound: boundBy(floatTensor),
    initializers: (weights) => inTurn(weights, floatTensor),
    expected: expectedOf(network, 4),
  };
}

/**
 * The notation of halves throughout, with a Cast at the beginning of the model and one at
 * its end, since input and output are float32. Weights with folded batch norms come from
 * float64 by way of float32, which rounds about one weight in 8192 the other way.
 */
export function fp16Notation(network: Network): Notation {
  const input = inputNode(network);
  const half = (node: string) => `${valueName(network, node)}/fp16`;
  return {
    gives: (node) => (node === network.output ? half(node) : valueName(network, node)),
    reads: (node) =>
      node === network.output || node === input ? half(node) : valueName(network, node),
    afterNode({ name }) {
      const value = valueName(network, name);
      if (name === input) return cast(value, half(name), halfType);
      return name === network.output ? cast(half(name), value, floatType) : noOperators;
    },
    parametersOf: ({ parameters }) => ({ parameters, before: noOperators }),
    scalar: scalarBy(halfTensor),
    bound: boundBy(halfTensor),
    initializers: (weights) => inTurn(weights, halfTensor),
    expected: expectedOf(network, 2),
  };
}

type Write = (name: string, dims: readonly number[], data: Float32Array) => TensorProto;

function scalarBy(write: Write): Notation["scalar"] {
  return (name, value) => ({
    reads: name,
    before: { nodes: [], constants: [write(name, [], Float32Array.of(value))] },
  });
}

/** Makes the function that writes a constant in float32 or in halves. */
export function boundBy(write: Write): Notation["bound"] {
  return (name, value) => write(name, [], Float32Array.of(value));
}

function cast(from: string, to: string, type: number): Operators {
  const attribute = [int("to", type)];
  const node = { name: `${to}/cast`, opType: "Cast", input: [from], output: [to], attribute };
  return { nodes: [node], constants: [] };
}

function* inTurn(weights: WeightSource, write: Write): Generator<TensorProto> {
  for (const [name, { shape, data }] of weights.inTurn()) yield write(name, shape, data);
}

function expectedOf(network: Network, bytesPerValue: number): Notation["expected"] {
  const parameters = parametersOf(network);
  const values = parameters.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return { count: parameters.length, dataBytes: values * bytesPerValue };
}
