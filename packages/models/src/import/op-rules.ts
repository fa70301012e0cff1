import { isMap, type Node as GraphNode, type Op } from "@sebench/spec";
import { type Node, numberOf, numbersOf } from "../graph/model.ts";
import { axisOf } from "../shapes/dims.ts";
import {
  first,
  type ImportSite,
  Obstacle,
  type OpRule,
  source,
  type Step,
  step,
  windowOf,
} from "./import-site.ts";

const conv: OpRule = (site) => {
  const weights = site.constant(1);
  const dims = site.dims(1);
  const kernel = (dims ?? []).slice(2).filter((dim) => typeof dim === "number");
  const bias = site.node.inputs[2] ? { bias: source(site.constant(2)) } : {};
  return step(
    {
      kind: "conv2d",
      ...windowOf(site, kernel),
      outChannels: weights?.dims[0] ?? 0,
      groups: numberOf(site.node, "group", 1),
    },
    [first(site)],
    { weight: source(weights), ...bias },
  );
};

const gemm: OpRule = (site) => {
  const { node } = site;
  const isUsual = numberOf(node, "alpha", 1) === 1 && numberOf(node, "beta", 1) === 1;
  if (!isUsual || numberOf(node, "transA", 0) === 1)
    throw new Obstacle("it scales or transposes its input");
  const weights = site.constant(1);
  const isTransposed = numberOf(node, "transB", 0) !== 1;
  const bias = node.inputs[2] ? { bias: source(site.constant(2)) } : {};
  const units = weights?.dims[isTransposed ? 1 : 0] ?? 0;
  return step({ kind: "dense", units }, [first(site)], {
    weight: source(weights, isTransposed),
    ...bias,
  });
};

/** A product with a matrix, and the sum with a bias if one follows. */
const matmul: OpRule = (site) => {
  const weights = site.constant(1);
  const from = first(site);
  if (weights?.dims.length !== 2 || isMap(from.shape))
    throw new Obstacle("it is no layer over a vector");
  const op: Op = { kind: "dense", units: weights.dims[1]! };
  const parameters = { weight: source(weights, true) };
  const [output] = site.node.outputs as [string];
  const readers = site.view.readersOf(output);
  const [next] = readers;
  const isSum = readers.length === 1 && typeof next === "object" && next.op === "Add";
  const other = isSum ? next.inputs.find((name) => name !== output) : undefined;
  const bias = other === undefined ? null : site.constantOf(other);
  if (!isSum || bias?.dims.length !== 1 || bias.dims[0] !== op.units)
    return step(op, [from], parameters);
  return {
    steps: [{ op, inputs: [from], parameters: { ...parameters, bias: source(bias) } }],
    output: (next as Node).outputs[0]!,
  };
};

const batchNorm: OpRule = (site) =>
  step({ kind: "batchNorm", epsilon: numberOf(site.node, "epsilon", 1e-5) }, [first(site)], {
    weight: source(site.constant(1)),
    bias: source(site.constant(2)),
    mean: source(site.constant(3)),
    variance: source(site.constant(4)),
  });

const plain =
  (
    kind: Extract<
      Op["kind"],
      "relu" | "sigmoid" | "tanh" | "hardSwish" | "globalAvgPool" | "globalMaxPool"
    >,
  ): OpRule =>
  (site) =>
    step({ kind }, [first(site)]);

const pool =
  (kind: "maxPool" | "avgPool"): OpRule =>
  (site) => {
    const window = windowOf(site, numbersOf(site.node, "kernel_shape") ?? []);
    const ceil = numberOf(site.node, "ceil_mode", 0) === 1;
    if (site.node.outputs[1]) throw new Obstacle("it gives indices as well");
    const countIncludePad = numberOf(site.node, "count_include_pad", 0) === 1;
    const op: Op =
      kind === "maxPool" ? { kind, ...window, ceil } : { kind, ...window, ceil, countIncludePad };
    return step(op, [first(site)]);
  };

const mul: OpRule = (site) => {
  const [one, other] = [site.given(0), site.given(1)];
  if (one !== null && other !== null) {
    const isGate = (node: GraphNode) =>
      isMap(node.shape) && node.shape[1] === 1 && node.shape[2] === 1;
    return step({ kind: "mul" }, isGate(one) && !isGate(other) ? [other, one] : [one, other]);
  }
  const factor = onlyNumber(site);
  if (factor === null) throw new Obstacle("it multiplies by a constant of several values");
  return step({ kind: "scaleBy", factor: factor.value }, [factor.other]);
};

const join =
  (kind: "add" | "concat"): OpRule =>
  (site) => {
    const nodes = site.node.inputs.map((_, input) => site.given(input));
    const axis = kind === "concat" ? numberOf(site.node, "axis", 1) : 1;
    if (axisOf(axis, site.output?.length ?? 4) !== 1)
      throw new Obstacle("it joins along another axis");
    if (nodes.length === 1) return { alias: first(site) };
    if (nodes.includes(null)) throw new Obstacle("one of its inputs is a constant");
    return step({ kind }, nodes as GraphNode[]);
  };

const mean: OpRule = (site) => {
  const axes = numbersOf(site.node, "axes") ?? site.numbers(1);
  const rank = site.dims(0)?.length ?? 0;
  const own = (axes ?? []).map((axis) => (typeof axis === "number" ? axisOf(axis, rank) : -1));
  const from = first(site);
  if (rank !== 4 || own.toSorted().join() !== "2,3") throw new Obstacle("it is no mean over a map");
  const squeeze: Step = { op: { kind: "reduceMean" }, inputs: [from] };
  const keeps = numberOf(site.node, "keepdims", 1) === 1;
  return { steps: keeps ? [squeeze] : [squeeze, { op: { kind: "flatten" } }] };
};

/** A change of form: none, from a map to a vector, or from a vector to a map of one pixel. */
const form: OpRule = (site) => {
  const { output } = site;
  const from = first(site);
  const isVector = output?.length === 2;
  const isPixel = output?.length === 4 && output[2] === 1 && output[3] === 1;
  if (isMap(from.shape)) {
    if (isVector) return step({ kind: "flatten" }, [from]);
    const isSame =
      output?.length === 4 && from.shape.every((dim, axis) => dim === output[axis + 1]);
    if (isSame) return { alias: from };
  } else {
    if (isVector) return { alias: from };
    if (isPixel) return step({ kind: "unflatten" }, [from]);
  }
  throw new Obstacle("it makes a form that the graph has not");
};

/** A sum of maps, or of a map and a number. */
const add: OpRule = (site) => {
  const offset = onlyNumber(site);
  if (offset === null) return join("add")(site);
  return step({ kind: "offsetBy", offset: offset.value }, [offset.other]);
};

const divide: OpRule = (site) => {
  const divisor = onlyNumber(site);
  if (divisor === null || site.given(0) === null) throw new Obstacle("it divides by no number");
  return step({ kind: "divideBy", divisor: divisor.value }, [divisor.other]);
};

/** The number that is one of two inputs, and the node that is the other; null for others. */
function onlyNumber(
  site: ImportSite,
): { readonly value: number; readonly other: GraphNode } | null {
  const [one, other] = [site.given(0), site.given(1)];
  const node = one ?? other;
  const values = site.numbers(one === null ? 0 : 1);
  const value = values?.length === 1 ? values[0] : null;
  if ((one !== null && other !== null) || node === null || typeof value !== "number") return null;
  return { value, other: node };
}

const hardSigmoid: OpRule = (site) =>
  step(
    {
      kind: "hardSigmoid",
      alpha: numberOf(site.node, "alpha", 0.2),
      beta: numberOf(site.node, "beta", 0.5),
    },
    [first(site)],
  );

/** A Clip, whose limits are attributes below opset 11 and inputs from then on. */
const clip: OpRule = (site) => {
  const [min, max] = (["min", "max"] as const).map((name, index) => {
    const values = site.node.inputs[index + 1] ? site.numbers(index + 1) : null;
    return values?.[0] ?? numberOf(site.node, name, NaN);
  });
  const isKnown = typeof min === "number" && typeof max === "number" && min <= max;
  if (!isKnown) throw new Obstacle("it does not say from where to where it clips");
  return step({ kind: "clip", min, max }, [first(site)]);
};

/** A Pad that adds nothing, as PyTorch writes one before a pool. */
const noPad: OpRule = (site) => {
  const pads = numbersOf(site.node, "pads") ?? site.numbers(1);
  if (pads?.every((pad) => pad === 0) !== true) throw new Obstacle("it pads by itself");
  return { alias: first(site) };
};

const asIs: OpRule = (site) => ({ alias: first(site) });

/** What becomes of each operator that the graph has in some form. */
export const opRules: ReadonlyMap<string, OpRule> = new Map(
  Object.entries<OpRule>({
    Conv: conv,
    Gemm: gemm,
    MatMul: matmul,
    BatchNormalization: batchNorm,
    Relu: plain("relu"),
    Sigmoid: plain("sigmoid"),
    Tanh: plain("tanh"),
    HardSwish: plain("hardSwish"),
    HardSigmoid: hardSigmoid,
    Clip: clip,
    GlobalAveragePool: plain("globalAvgPool"),
    GlobalMaxPool: plain("globalMaxPool"),
    ReduceMean: mean,
    MaxPool: pool("maxPool"),
    AveragePool: pool("avgPool"),
    Add: add,
    Div: divide,
    Concat: join("concat"),
    Mul: mul,
    Pad: noPad,
    Flatten: form,
    Reshape: form,
    Squeeze: form,
    Unsqueeze: form,
    Identity: asIs,
    Dropout: asIs,
  }),
);
