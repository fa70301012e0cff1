import { InputError } from "../error/input-error.ts";
import type {
  AvgPool,
  Conv2d,
  GatedConv2d,
  MaxPool,
  Op,
  OpKind,
  OpOf,
  ParameterSlot,
  Window,
} from "./op.ts";
import {
  elementCount,
  formatShape,
  isMap,
  type MapShape,
  sameShape,
  type Shape,
  type VectorShape,
} from "./shape.ts";

type ParameterShapes = Readonly<Partial<Record<ParameterSlot, readonly number[]>>>;

/** The facts that the graph needs of a kind of operator. Counts are for one image. */
interface OpRule<O extends Op> {
  /** The shape of the output. Throws an `InputError` if the inputs do not fit. */
  shape(op: O, inputs: readonly Shape[]): Shape;
  /** The shapes of the parameters, those of an optional `bias` of `conv2d` and `dense` included. */
  parameters(op: O, inputs: readonly Shape[]): ParameterShapes;
  /** The multiply-accumulates of a convolution or a dense layer; 0 for every other operator. */
  macs(op: O, inputs: readonly Shape[], output: Shape): number;
  /** The operations of a sum or a product of maps; 0 for every other operator. */
  elementOps(op: O, inputs: readonly Shape[], output: Shape): number;
  /** Whether the operator reads and writes values; false if it only gives them another shape. */
  readonly movesData: boolean;
}

type OpTable = { readonly [Kind in OpKind]: OpRule<OpOf<Kind>> };

const noParameters = (): ParameterShapes => ({});
const none = () => 0;

function only(inputs: readonly Shape[]): Shape {
  const [input] = inputs;
  if (input === undefined || inputs.length !== 1) {
    throw new InputError(`takes one input, got ${inputs.length}`);
  }
  return input;
}

function onlyMap(inputs: readonly Shape[]): MapShape {
  const input = only(inputs);
  if (!isMap(input)) throw new InputError(`takes a feature map, got ${formatShape(input)}`);
  return input;
}

function onlyVector(inputs: readonly Shape[]): VectorShape {
  const input = only(inputs);
  if (isMap(input)) throw new InputError(`takes a vector, got ${formatShape(input)}`);
  return input;
}

function atLeastTwo(inputs: readonly Shape[]): readonly [Shape, ...Shape[]] {
  const [first, ...rest] = inputs;
  if (first === undefined || rest.length === 0) {
    throw new InputError(`takes two or more inputs, got ${inputs.length}`);
  }
  return [first, ...rest];
}

/** The number of positions that a window takes along one axis, 0 for height and 1 for width. */
function positions(input: number, op: Window & { ceil?: boolean }, axis: 0 | 1): number {
  const kernel = op.kernel[axis];
  const stride = op.stride[axis];
  const start = op.pads[axis];
  const padded = input + start + op.pads[axis === 0 ? 2 : 3];
  if (padded < kernel) {
    throw new InputError(
      `has a ${op.kernel.join("x")} window over an input of ${padded} pixels, padding included`,
      { remedy: "choose a larger image size" },
    );
  }
  if (!op.ceil) return Math.floor((padded - kernel) / stride) + 1;
  const count = Math.ceil((padded - kernel) / stride) + 1;
  // In Caffe and PyTorch no window may start beyond the input and its leading padding.
  return (count - 1) * stride >= input + start ? count - 1 : count;
}

function windowed(op: Window & { ceil?: boolean }, input: MapShape, channels: number): MapShape {
  return [channels, positions(input[1], op, 0), positions(input[2], op, 1)];
}

const elementwise = {
  shape: (_op: Op, inputs: readonly Shape[]) => only(inputs),
  parameters: noParameters,
  macs: none,
  elementOps: none,
  movesData: true,
};

const pooled = {
  shape: (op: MaxPool | AvgPool, inputs: readonly Shape[]) => {
    const input = onlyMap(inputs);
    return windowed(op, input, input[0]);
  },
  parameters: noParameters,
  macs: none,
  elementOps: none,
  movesData: true,
};

const globallyPooled = {
  shape: (_op: Op, inputs: readonly Shape[]): Shape => [onlyMap(inputs)[0], 1, 1],
  parameters: noParameters,
  macs: none,
  elementOps: none,
  movesData: true,
};

const convolution = {
  shape(op: Conv2d | GatedConv2d, inputs: readonly Shape[]): Shape {
    const input = onlyMap(inputs);
    if (input[0] % op.groups !== 0 || op.outChannels % op.groups !== 0) {
      throw new InputError(
        `cannot split ${input[0]} input and ${op.outChannels} output channels into ${op.groups} groups`,
      );
    }
    return windowed(op, input, op.outChannels);
  },
  parameters: (op: Conv2d | GatedConv2d, inputs: readonly Shape[]) => ({
    weight: [op.outChannels, onlyMap(inputs)[0] / op.groups, ...op.kernel],
    bias: [op.outChannels],
  }),
  macs: (op: Conv2d | GatedConv2d, inputs: readonly Shape[], output: Shape) =>
    elementCount(output) * (onlyMap(inputs)[0] / op.groups) * op.kernel[0] * op.kernel[1],
  elementOps: none,
  movesData: true,
};

function isPointwise({ kernel, groups }: GatedConv2d): boolean {
  return groups === 1 && kernel[0] * kernel[1] === 1;
}

function isDepthwise({ groups, outChannels }: GatedConv2d, [channels]: Shape): boolean {
  return groups === channels && groups === outChannels;
}

/** The rule of every kind of operator; a new kind does not compile until it has a rule here. */
const opTable: OpTable = {
  input: {
    shape: () => {
      throw new InputError("has the shape it is given");
    },
    parameters: noParameters,
    macs: none,
    elementOps: none,
    movesData: false,
  },
  conv2d: convolution,
  gatedConv2d: {
    ...convolution,
    shape(op, inputs) {
      const [map, gate] = inputs;
      if (map === undefined || gate === undefined || inputs.length !== 2) {
        throw new InputError(`takes two inputs, got ${inputs.length}`);
      }
      const side = op.scales === "inputs" ? "input" : "output";
      const channels = side === "input" ? map[0] : op.outChannels;
      if (!sameShape(gate, [channels, 1, 1])) {
        throw new InputError(`cannot scale ${channels} ${side} channels by ${formatShape(gate)}`);
      }
      if (side === "input" && !isPointwise(op) && !isDepthwise(op, map)) {
        throw new InputError(
          "scales the inputs of a convolution that is neither 1x1 nor depthwise",
        );
      }
      return convolution.shape(op, [map]);
    },
    parameters: (op, [map]) => convolution.parameters(op, [map!]),
    macs: (op, [map], output) => convolution.macs(op, [map!], output),
    // The gate is multiplied with every weight, and the gate of the outputs with the bias, too.
    elementOps: (op, [map]) =>
      op.outChannels *
      ((map![0] / op.groups) * op.kernel[0] * op.kernel[1] + (op.scales === "inputs" ? 0 : 1)),
  },
  upsample: {
    shape(op, inputs) {
      const input = onlyMap(inputs);
      if (input[1] !== 1 || input[2] !== 1) {
        throw new InputError(`repeats one value a channel, got ${formatShape(input)}`);
      }
      return [input[0], ...op.size];
    },
    parameters: noParameters,
    macs: none,
    elementOps: none,
    movesData: true,
  },
  dense: {
    shape(op, inputs) {
      onlyVector(inputs);
      return [op.units];
    },
    parameters: (op, inputs) => ({
      weight: [op.units, onlyVector(inputs)[0]],
      bias: [op.units],
    }),
    macs: (op, inputs) => op.units * onlyVector(inputs)[0],
    elementOps: none,
    movesData: true,
  },
  batchNorm: {
    ...elementwise,
    parameters(_op, inputs) {
      const shape = [only(inputs)[0]];
      return { weight: shape, bias: shape, mean: shape, variance: shape };
    },
  },
  relu: elementwise,
  sigmoid: elementwise,
  tanh: elementwise,
  silu: elementwise,
  hardSwish: elementwise,
  hardSigmoid: elementwise,
  clip: elementwise,
  scaleBy: elementwise,
  offsetBy: elementwise,
  divideBy: elementwise,
  maxPool: pooled,
  avgPool: pooled,
  globalAvgPool: globallyPooled,
  reduceMean: globallyPooled,
  globalMaxPool: globallyPooled,
  add: {
    ...elementwise,
    shape(_op, inputs) {
      const [first, ...rest] = atLeastTwo(inputs);
      const other = rest.find((shape) => !sameShape(first, shape));
      if (other) {
        throw new InputError(`cannot add ${formatShape(first)} and ${formatShape(other)}`);
      }
      return first;
    },
    elementOps: (_op, inputs, output) => elementCount(output) * (inputs.length - 1),
  },
  mul: {
    ...elementwise,
    shape(_op, inputs) {
      const [map, gate] = inputs;
      if (map === undefined || gate === undefined || inputs.length !== 2) {
        throw new InputError(`takes two inputs, got ${inputs.length}`);
      }
      const fits = sameShape(map, gate) || (isMap(map) && sameShape(gate, [map[0], 1, 1]));
      if (!fits) {
        throw new InputError(`cannot multiply ${formatShape(map)} by ${formatShape(gate)}`);
      }
      return map;
    },
    elementOps: (_op, _inputs, output) => elementCount(output),
  },
  concat: {
    ...elementwise,
    shape(_op, inputs) {
      const maps = atLeastTwo(inputs).map((shape) => onlyMap([shape]));
      const [, height, width] = maps[0]!;
      if (!maps.every((map) => map[1] === height && map[2] === width)) {
        throw new InputError(`cannot join ${maps.map(formatShape).join(" and ")} along channels`);
      }
      return [maps.reduce((sum, map) => sum + map[0], 0), height, width];
    },
  },
  channelShuffle: {
    ...elementwise,
    shape(op, inputs) {
      const input = onlyMap(inputs);
      if (input[0] % op.groups !== 0) {
        throw new InputError(`cannot shuffle ${input[0]} channels in ${op.groups} groups`);
      }
      return input;
    },
  },
  flatten: {
    shape: (_op, inputs) => [elementCount(onlyMap(inputs))],
    parameters: noParameters,
    macs: none,
    elementOps: none,
    movesData: false,
  },
  unflatten: {
    shape: (_op, inputs) => [onlyVector(inputs)[0], 1, 1],
    parameters: noParameters,
    macs: none,
    elementOps: none,
    movesData: false,
  },
};

/** The rule of an operator; the type of the table guarantees that the two are of one kind. */
export function ruleOf(op: Op): OpRule<Op> {
  return opTable[op.kind] as OpRule<Op>;
}

/** The shape of an operator's output. Throws an `InputError` if the inputs do not fit. */
export function inferShape(op: Op, inputs: readonly Shape[]): Shape {
  return ruleOf(op).shape(op, inputs);
}
