import {
  type AvgPool,
  type ChannelShuffle,
  coveringPads,
  type GatedConv2d,
  type MaxPool,
  type Node,
  type Op,
  type OpKind,
  type OpOf,
  type Pads,
  type ParameterSlot,
  sameShape,
  type Shape,
  type Upsample,
  type Window,
} from "@sebench/spec";
import { type Attribute, float, int, ints, string } from "../proto/attribute.ts";
import { floatTensor, int64Tensor, type TensorProto } from "../proto/tensor-proto.ts";
import type { onnx } from "../proto/onnx-proto.js";

/** A node of the network, with everything that writing it takes. */
export interface Site {
  readonly node: Node;
  readonly batch: number;
  /** The names of the values that the node reads. */
  readonly inputs: readonly string[];
  /** The name of the value that the node gives. */
  readonly output: string;
  /** The shapes of the inputs, for one image. */
  readonly inputShapes: readonly Shape[];
  /** Writes a constant factor in the precision of the model. */
  scalar(name: string, value: number): Scalar;
  /** Writes a constant in the type in which operators without integer kernels compute. */
  bound(name: string, value: number): TensorProto;
}

/** A constant of one number. */
export interface Scalar {
  /** The name under which the constant is read. */
  readonly reads: string;
  /** The operators that give the value of that name. */
  readonly before: Operators;
}

/** The operators of ONNX that a node becomes. */
export interface Operators {
  readonly nodes: readonly onnx.NodeProto.$Properties[];
  /** The initializers that the operators need beside the node's parameters. */
  readonly constants: readonly TensorProto[];
}

type OperatorTable = {
  readonly [Kind in OpKind]: (site: Site, op: OpOf<Kind>) => Operators;
};

/** The writer of every kind of operator; a new kind does not compile until it has one here. */
const operatorTable: OperatorTable = {
  input: () => ({ nodes: [], constants: [] }),
  conv2d: (site, op) => single(site, "Conv", [...windowOf(op, op.pads), int("group", op.groups)]),
  gatedConv2d: gatedConvolution,
  upsample: repeated,
  batchNorm: (site, op) => single(site, "BatchNormalization", [float("epsilon", op.epsilon)]),
  dense: (site) => single(site, "Gemm", [int("transB", 1)]),
  relu: (site) => single(site, "Relu"),
  sigmoid: (site) => single(site, "Sigmoid"),
  tanh: (site) => single(site, "Tanh"),
  silu: (site) => {
    const gate = step(site, "sigmoid");
    const inputs = [...site.inputs, gate.output];
    return sequence(single(gate, "Sigmoid"), single({ ...site, inputs }, "Mul"));
  },
  hardSwish: (site) => single(site, "HardSwish"),
  hardSigmoid: (site, { alpha, beta }) =>
    single(site, "HardSigmoid", [float("alpha", alpha), float("beta", beta)]),
  clip: (site, { min, max }) => {
    const low = site.bound(`${site.node.name}/min`, min);
    const high = site.bound(`${site.node.name}/max`, max);
    const inputs = [...site.inputs, low.name!, high.name!];
    return { ...single({ ...site, inputs }, "Clip"), constants: [low, high] };
  },
  maxPool: (site, op) => single(site, "MaxPool", windowOf(op, padsOf(site, op))),
  avgPool: averagePool,
  globalAvgPool: (site) => single(site, "GlobalAveragePool"),
  reduceMean: (site) => single(site, "ReduceMean", [ints("axes", [2, 3]), int("keepdims", 1)]),
  globalMaxPool: (site) => single(site, "GlobalMaxPool"),
  add: (site) => single(site, site.inputs.length === 2 ? "Add" : "Sum"),
  mul: (site) => single(site, "Mul"),
  scaleBy: (site, { factor }) => withScalar(site, "Mul", "factor", factor),
  offsetBy: (site, { offset }) => withScalar(site, "Add", "offset", offset),
  divideBy: (site, { divisor }) => withScalar(site, "Div", "divisor", divisor),
  concat: (site) => single(site, "Concat", [int("axis", 1)]),
  channelShuffle: shuffle,
  flatten: (site) => single(site, "Flatten", [int("axis", 1)]),
  unflatten: (site) => reshape(site, site.node.shape),
};

/** The operators of ONNX, opset 17, that compute a node. */
export function operatorsOf(site: Site): Operators {
  const { op } = site.node;
  const entry = operatorTable[op.kind] as (site: Site, op: Op) => Operators;
  return entry(site, op);
}

/** The order in which ONNX's operators take parameters. */
const slots: readonly ParameterSlot[] = ["weight", "bias", "mean", "variance"];

function single(site: Site, opType: string, attribute: Attribute[] = []): Operators {
  const { node, inputs, output } = site;
  const parameters = slots.flatMap((slot) => node.parameters[slot]?.name ?? []);
  const input = [...inputs, ...parameters];
  return {
    nodes: [{ name: node.name, opType, input, output: [output], attribute }],
    constants: [],
  };
}

/** An operator that takes a constant as its last input. */
function withConstant(
  site: Site,
  opType: string,
  constant: TensorProto,
  attribute: Attribute[] = [],
): Operators {
  const inputs = [...site.inputs, constant.name!];
  return { ...single({ ...site, inputs }, opType, attribute), constants: [constant] };
}

/** An operator of a value and a constant number. */
function withScalar(site: Site, opType: string, local: string, value: number): Operators {
  const scalar = site.scalar(`${site.node.name}/${local}`, value);
  const inputs = [...site.inputs, scalar.reads];
  return sequence(scalar.before, single({ ...site, inputs }, opType));
}

export function windowOf({ kernel, stride }: Window, pads: Pads): Attribute[] {
  return [ints("kernel_shape", kernel), ints("strides", stride), ints("pads", pads)];
}

function padsOf(site: Site, op: MaxPool | AvgPool): Pads {
  return coveringPads(op, site.inputShapes[0]!, site.node.shape);
}

function averagePool(site: Site, op: AvgPool): Operators {
  const pads = padsOf(site, op);
  if (!op.countIncludePad || sameShape(op.pads, pads)) {
    const counted = int("count_include_pad", Number(op.countIncludePad));
    return single(site, "AveragePool", [...windowOf(op, pads), counted]);
  }
  // Caffe and PyTorch count padding, but not what hangs over the padding; ONNX counts both or neither.
  // So the padding becomes data, and pads that are not counted cover the rest.
  const [top, left, bottom, right] = op.pads;
  const pad = step(site, "pad");
  const amounts = int64Tensor(`${pad.node.name}/amounts`, [0, 0, top, left, 0, 0, bottom, right]);
  const overhang: Pads = [0, 0, pads[2] - bottom, pads[3] - right];
  return sequence(
    withConstant(pad, "Pad", amounts),
    single({ ...site, inputs: [pad.output] }, "AveragePool", windowOf(op, overhang)),
  );
}

/** Writes the products of a gate with weights and bias, and then a convolution by those. */
function gatedConvolution(site: Site, op: GatedConv2d): Operators {
  const { weight, bias } = site.node.parameters;
  if (site.batch !== 1) throw new Error(`${site.node.name} is of one image, not ${site.batch}`);
  const [map, gate] = site.inputs as [string, string];
  const of = (local: string, inputs: string[]): Site => {
    const its = step(site, `gate/${local}`);
    return { ...its, node: { ...its.node, parameters: {} }, inputs };
  };
  const [column, row] = [of("column", [gate]), of("row", [gate])];
  const weights = of("weight", [weight!.name, column.output]);
  const biases = of("bias", [bias!.name, row.output]);
  const convolution = {
    ...site,
    node: { ...site.node, parameters: {} },
    inputs: [map, weights.output, op.scales === "inputs" ? bias!.name : biases.output],
  };
  const shapeOf = (its: Site, dims: number[]) =>
    withConstant(its, "Reshape", int64Tensor(`${its.node.name}/shape`, dims));
  const byInput = op.scales === "inputs" && op.groups === 1;
  const shape = byInput ? [1, weight!.shape[1]!, 1, 1] : [op.outChannels, 1, 1, 1];
  const shift =
    op.scales === "inputs"
      ? sequence()
      : sequence(shapeOf(row, [op.outChannels]), single(biases, "Mul"));
  return sequence(
    shapeOf(column, shape),
    shift,
    single(weights, "Mul"),
    single(convolution, "Conv", [...windowOf(op, op.pads), int("group", op.groups)]),
  );
}

/**
 * Writes a `Resize` by whole factors, nearest and asymmetric: the only form of `Resize`,
 * and the only way to repeat a value, that onnxruntime's blocked CPU layout takes.
 */
function repeated(site: Site, { size }: Upsample): Operators {
  const scales = floatTensor(`${site.node.name}/scales`, [4], Float32Array.of(1, 1, ...size));
  return withConstant({ ...site, inputs: [...site.inputs, ""] }, "Resize", scales, [
    string("mode", "nearest"),
    string("coordinate_transformation_mode", "asymmetric"),
    string("nearest_mode", "floor"),
  ]);
}

/** Writes a transposition of `[groups, C / groups, H, W]` to `[C / groups, groups, H, W]`. */
function shuffle(site: Site, { groups }: ChannelShuffle): Operators {
  const [channels, ...size] = site.node.shape;
  const [split, swap] = [step(site, "split"), step(site, "swap")];
  return sequence(
    reshape(split, [groups, channels / groups, ...size]),
    single({ ...swap, inputs: [split.output] }, "Transpose", [ints("perm", [0, 2, 1, 3, 4])]),
    reshape({ ...site, inputs: [swap.output] }, site.node.shape),
  );
}

/** Writes a `Reshape` to a shape for one image. */
function reshape(site: Site, shape: readonly number[]): Operators {
  const dims = int64Tensor(`${site.node.name}/shape`, [site.batch, ...shape]);
  return withConstant(site, "Reshape", dims);
}

/** The site of an operator before the node's last one, whose value has the operator's name. */
function step(site: Site, local: string): Site {
  const name = `${site.node.name}/${local}`;
  return { ...site, node: { ...site.node, name }, output: name };
}

/** Joins operators, one after the other. */
export function sequence(...parts: readonly Operators[]): Operators {
  return {
    nodes: parts.flatMap(({ nodes }) => nodes),
    constants: parts.flatMap(({ constants }) => constants),
  };
}
