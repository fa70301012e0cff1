import {
  filled,
  float,
  type GraphParts,
  model,
  node,
  tensor,
  valueInfo,
  type AttributeValue,
} from "./onnx-writer.ts";

/** A graph that is written a node at a time, with the constants that it needs. */
export class TestGraph {
  readonly nodes: Uint8Array[] = [];
  readonly constants: Uint8Array[] = [];
  readonly opset: number;
  #count = 0;

  constructor(opset = 17) {
    this.opset = opset;
  }

  /** Adds a node and gives the name of its output. */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    domain = "",
  ): string {
    const output = `${op}${this.#count++}`;
    this.nodes.push(node(op, inputs, [output], attributes, domain));
    return output;
  }

  constant(dims: readonly number[], value = 0.1): string {
    const name = `constant${this.#count++}`;
    this.constants.push(filled(name, dims, value));
    return name;
  }

  integers(values: readonly number[], isScalar = false): string {
    const name = `integers${this.#count++}`;
    this.constants.push(tensor(name, isScalar ? [] : [values.length], values, 7));
    return name;
  }

  conv(from: string, inputs: number, outputs: number, kernel = 1): string {
    const weights = this.constant([outputs, inputs, kernel, kernel]);
    const pad = (kernel - 1) / 2;
    const attributes = { kernel_shape: [kernel, kernel], pads: [pad, pad, pad, pad] };
    return this.add("Conv", [from, weights, this.constant([outputs])], attributes);
  }

  /** A Clip from 0, whose limits are attributes below opset 11. */
  clip(from: string, most: number): string {
    if (this.opset < 11) return this.add("Clip", [from], { min: float(0), max: float(most) });
    return this.add("Clip", [from, this.constant([], 0), this.constant([], most)]);
  }

  /** Axes for an operator: an attribute, or an input from a version on. */
  withAxes(op: string, from: string, axes: readonly number[], more = {}, inputSince = 13): string {
    const asInput = this.opset >= inputSince;
    const inputs = asInput ? [from, this.integers(axes)] : [from];
    return this.add(op, inputs, asInput ? more : { axes, ...more });
  }

  model(output: string, dims: readonly (number | string)[] = mapDims): Uint8Array {
    const parts: GraphParts = {
      nodes: this.nodes,
      constants: this.constants,
      inputs: [valueInfo("image", [dims[0]!, 3, dims[2]!, dims[3]!])],
      outputs: [valueInfo(output, null)],
    };
    return model(parts, { opset: this.opset });
  }
}

/**
 * The bytes of a model in which a map of an image is scaled by a classic SE block, and then read by a
 * convolution.
 *
 * @param size The height and the width of the image, or the name of a size that is free.
 * @param activation The activation of the map, `hard-swish` in four operators, or none.
 */
export function modelWithSe(
  size: number | string,
  { activation }: { readonly activation?: "hard-swish" } = {},
): Uint8Array {
  const graph = new TestGraph();
  const conv = mapIn(graph);
  const map = activation === undefined ? conv : activations["hard-swish"]!.at(-1)!(graph, conv);
  const product = graph.add("Mul", [map, classicGate(graph, map)]);
  return graph.model(readIn(graph, product), [1, channels, size, size]);
}

/** The channels of the map, and the width of the layer between. */
export const [channels, width] = [8, 2];
const mapDims = [1, channels, 6, 6] as const;

type Step = (graph: TestGraph, from: string) => string;

/** The squeezes, each of which gives [1, C, 1, 1] or, where it says so, [1, C]. */
export const squeezes: Readonly<Record<string, { step: Step; opset?: number; flat?: true }>> = {
  GlobalAveragePool: { step: (graph, map) => graph.add("GlobalAveragePool", [map]) },
  "AveragePool of the full window": {
    step: (graph, map) => graph.add("AveragePool", [map], { kernel_shape: [6, 6] }),
  },
  "Pad and AveragePool": {
    step: (graph, map) => {
      const padded = graph.add("Pad", [map, graph.integers([0, 0, 0, 0, 0, 0, 0, 0])]);
      return graph.add("AveragePool", [padded], { kernel_shape: [6, 6], strides: [6, 6] });
    },
  },
  "ReduceMean with axes from the back": {
    step: (graph, map) => graph.withAxes("ReduceMean", map, [-1, -2], {}, 18),
  },
  "ReduceMean with axes as an input": {
    opset: 18,
    step: (graph, map) => graph.withAxes("ReduceMean", map, [2, 3], {}, 18),
  },
  "ReduceMean without keepdims": {
    flat: true,
    step: (graph, map) => graph.withAxes("ReduceMean", map, [2, 3], { keepdims: 0 }, 18),
  },
  "one ReduceMean for each axis": {
    step: (graph, map) =>
      graph.withAxes("ReduceMean", graph.withAxes("ReduceMean", map, [3], {}, 18), [2], {}, 18),
  },
  "Reshape, ReduceMean, Reshape": {
    step: (graph, map) => {
      const rows = graph.add("Reshape", [map, graph.integers([1, channels, -1])]);
      const means = graph.withAxes("ReduceMean", rows, [-1], { keepdims: 0 }, 18);
      return graph.add("Reshape", [means, graph.integers([1, channels, 1, 1])]);
    },
  },
};

/** The layers between, from [1, C, 1, 1] to [1, C, 1, 1], with an activation after the first. */
export const layers: Readonly<Record<string, (activation: Step) => Step>> = {
  "1x1 Conv": (activation) => (graph, from) =>
    graph.conv(activation(graph, graph.conv(from, channels, width)), width, channels),
  Gemm: (activation) => (graph, from) => {
    const dense = (of: string, inputs: number, outputs: number) =>
      graph.add("Gemm", [of, graph.constant([outputs, inputs]), graph.constant([outputs])], {
        transB: 1,
      });
    const flat = graph.add("Flatten", [from]);
    const gate = dense(activation(graph, dense(flat, channels, width)), width, channels);
    return graph.add("Reshape", [gate, graph.integers([1, channels, 1, 1])]);
  },
  "MatMul and Add": (activation) => (graph, from) => {
    const dense = (of: string, inputs: number, outputs: number) => {
      const product = graph.add("MatMul", [of, graph.constant([inputs, outputs])]);
      return graph.add("Add", [product, graph.constant([outputs])]);
    };
    const flat = graph.withAxes("Squeeze", from, [2, 3]);
    const gate = dense(activation(graph, dense(flat, channels, width)), width, channels);
    return graph.withAxes("Unsqueeze", gate, [2, 3]);
  },
};

const hardSigmoid = (graph: TestGraph, from: string, attributes = {}) =>
  graph.add("HardSigmoid", [from], attributes);
const shifted = (graph: TestGraph, from: string) => graph.add("Add", [from, graph.constant([], 3)]);
const sixth = (graph: TestGraph, from: string) => graph.add("Div", [from, graph.constant([], 6)]);

/** The activations by the name that they are found under. */
export const activations: Readonly<Record<string, readonly Step[]>> = {
  relu: [(graph, from) => graph.add("Relu", [from])],
  silu: [(graph, from) => graph.add("Mul", [from, graph.add("Sigmoid", [from])])],
  "hard-swish": [
    (graph, from) => graph.add("HardSwish", [from]),
    (graph, from) => graph.add("Mul", [from, hardSigmoid(graph, from, { alpha: float(1 / 6) })]),
    (graph, from) => sixth(graph, graph.add("Mul", [from, graph.clip(shifted(graph, from), 6)])),
  ],
};

/** The gates by the name that they are found under. */
export const gates: Readonly<Record<string, readonly Step[]>> = {
  sigmoid: [
    (graph, from) => graph.add("Sigmoid", [from]),
    (graph, from) => {
      const power = graph.add("Exp", [graph.add("Neg", [from])]);
      return graph.add("Reciprocal", [graph.add("Add", [power, graph.constant([], 1)])]);
    },
  ],
  "hard-sigmoid(0.2, 0.5)": [(graph, from) => hardSigmoid(graph, from)],
  "hard-sigmoid(0.1667, 0.5)": [
    (graph, from) => hardSigmoid(graph, from, { alpha: float(1 / 6) }),
    (graph, from) => hardSigmoid(graph, from, { alpha: float(1 / 6), beta: float(0.5) }),
  ],
  "hard-sigmoid": [
    (graph, from) => sixth(graph, graph.clip(shifted(graph, from), 6)),
    (graph, from) => sixth(graph, graph.clip(graph.add("Relu", [shifted(graph, from)]), 6)),
    (graph, from) =>
      graph.add("Mul", [graph.clip(shifted(graph, from), 6), graph.constant([1], 1 / 6)]),
    (graph, from) => {
      const scaled = graph.add("Mul", [graph.constant([], 0.2), from]);
      return graph.clip(graph.add("Add", [scaled, graph.constant([], 0.5)]), 1);
    },
  ],
  tanh: [(graph, from) => graph.add("Tanh", [from])],
  softmax: [(graph, from) => graph.add("Softmax", [from], { axis: 1 })],
};

/** A map of an image: what an SE block stands on. */
export function mapIn(graph: TestGraph): string {
  return graph.add("Relu", [graph.conv("image", 3, channels, 3)]);
}

/** A convolution that reads what an SE block gives. */
export function readIn(graph: TestGraph, from: string): string {
  return graph.conv(from, channels, 4);
}

/** The product of a map and a gate in the usual order. */
export const times: (graph: TestGraph, map: string, gate: string) => string = (graph, map, gate) =>
  graph.add("Mul", [map, gate]);

/** A classic gate on a map: pool, 1x1, ReLU, 1x1, sigmoid. */
export function classicGate(graph: TestGraph, map: string): string {
  const pooled = graph.add("GlobalAveragePool", [map]);
  return graph.add("Sigmoid", [layers["1x1 Conv"]!(activations["relu"]![0]!)(graph, pooled)]);
}
