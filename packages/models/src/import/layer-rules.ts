import { isMap, type Op } from "@sebench/spec";
import { type Node, numberOf } from "../graph/model.ts";
import { first, Obstacle, type OpRule, source, step, windowOf } from "./import-site.ts";

export const conv: OpRule = (site) => {
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

export const gemm: OpRule = (site) => {
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
export const matmul: OpRule = (site) => {
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

export const batchNorm: OpRule = (site) =>
  step({ kind: "batchNorm", epsilon: numberOf(site.node, "epsilon", 1e-5) }, [first(site)], {
    weight: source(site.constant(1)),
    bias: source(site.constant(2)),
    mean: source(site.constant(3)),
    variance: source(site.constant(4)),
  });
