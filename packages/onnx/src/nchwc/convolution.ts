import type { Conv2d, MapShape, Node, Parameter, Shape } from "@sebench/spec";
import { int, string } from "../attribute.ts";
import { type Operators, operatorsOf, sequence, type Site } from "../operators.ts";
import { noOperators } from "../notation.ts";
import { floatTensor } from "../tensor-proto.ts";
import { blockedWeights } from "./blocked-weights.ts";
import { blockedConvolution } from "./blocks.ts";
import type { Step } from "./plan.ts";
import { inDomain, operator, reshaped } from "./write.ts";

/** Names of the values that a convolution computes with, and what computes them. */
interface Parameters {
  readonly op: Conv2d;
  readonly weight: string;
  readonly bias: string | null;
  readonly before: Operators;
}

/**
 * A convolution on blocked maps, with the sum and the activation that joined it. Its
 * weights may be computed, which the engine's own transformer does not take.
 */
export function convolutionOperators(step: Step, site: Site, sum: string | null): Operators {
  if (step.node.op.kind === "mul" && site.batch > 1) return scaledByGates(step, site, sum);
  const { op, weight, bias, before } = parametersOf(step, site);
  const named = (name: string): Parameter => ({ name, shape: [] });
  const parameters = { weight: named(weight), ...(bias === null ? {} : { bias: named(bias) }) };
  const plain = operatorsOf({
    ...site,
    inputs: [site.inputs[0]!],
    node: { ...step.node, op, parameters },
  });
  const [node] = plain.nodes;
  const input = sum === null ? node!.input! : [site.inputs[0]!, weight, bias ?? "", sum];
  const activation = step.activation === null ? [] : [string("activation", step.activation)];
  const attribute = [...node!.attribute!, ...activation];
  return sequence(before, inDomain({ nodes: [{ ...node, input, attribute }], constants: [] }));
}

/**
 * By a gate for each channel of each image: to the depthwise convolution these are the
 * channels of one image. In blocks too one image lies after the other.
 */
function scaledByGates(step: Step, site: Site, sum: string | null): Operators {
  const { batch, output } = site;
  const [channels, height, width] = step.node.shape as MapShape;
  const shape = [batch * channels, height, width] as const;
  const of = (local: string) => `${step.node.name}/${local}`;
  const asOne = (local: string, value: string) => reshaped(of(local), value, [1, ...shape]);
  const [map, gates] = site.inputs as [string, string];
  const one: Site = { ...site, batch: 1, inputs: [of("map"), gates], output: of("scaled") };
  return sequence(
    asOne("map", map),
    sum === null ? noOperators : asOne("sum", sum),
    convolutionOperators(
      { ...step, node: { ...step.node, shape } },
      one,
      sum === null ? null : of("sum"),
    ),
    reshaped(output, of("scaled"), [batch, channels, height, width], of("images")),
  );
}

function parametersOf({ node, inputShapes }: Step, site: Site): Parameters {
  const { op } = node;
  switch (op.kind) {
    case "conv2d":
      return { op, ...storedParameters(node, op, inputShapes) };
    case "gatedConv2d": {
      if (site.batch !== 1) throw new Error(`${node.name} is of one image, not ${site.batch}`);
      const ungated = { ...op, kind: "conv2d" } as const;
      return { op: ungated, ...gatedParameters(node, ungated, inputShapes, site.inputs[1]!) };
    }
    case "mul":
      return { op: depthwise(node), ...gateAsWeights(node, site.inputs[1]!) };
    case "batchNorm":
      return { op: depthwise(node), ...normAsWeights(node, op.epsilon) };
    default:
      throw new Error(`${node.name} is no convolution, but a ${op.kind}`);
  }
}

type Values = Omit<Parameters, "op">;

function storedParameters({ parameters }: Node, op: Conv2d, inputShapes: readonly Shape[]): Values {
  const weight = parameters.weight!;
  const { weights } = blockedConvolution(op, inputShapes[0] as MapShape)!;
  const name = `${weight.name}/blocked`;
  return {
    weight: name,
    bias: parameters.bias?.name ?? null,
    before: blockedWeights(weight, weights, name, weight.shape),
  };
}

/**
 * The gate times the weights, as a depthwise 1x1 convolution computes it: the weights are
 * the map, `[1, out, 1, the rest]`, and the gate gives its own weights. Blocked weights
 * lie as such a map does, and what comes out is read as weights again.
 */
function gatedParameters(
  { name, parameters }: Node,
  op: Conv2d,
  inputShapes: readonly Shape[],
  gate: string,
): Values {
  const [weight, bias] = [parameters.weight!, parameters.bias!];
  const [out, ...others] = weight.shape as [number, ...number[]];
  const rest = others.reduce((product, extent) => product * extent, 1);
  const { weights } = blockedConvolution(op, inputShapes[0] as MapShape)!;
  const map = `${weight.name}/blocked-map`;
  const of = (local: string) => `${name}/${local}`;
  return {
    weight: of("weight"),
    bias: of("bias"),
    before: sequence(
      blockedWeights(weight, weights, map, [1, out, 1, rest]),
      reshaped(of("gate-column"), gate, [out, 1, 1, 1]),
      reshaped(of("gate-row"), gate, [out]),
      inDomain(operator(of("weight-map"), "Conv", [map, of("gate-column")], [int("group", out)])),
      reshaped(of("weight"), of("weight-map"), weight.shape),
      operator(of("bias"), "Mul", [bias.name, of("gate-row")]),
    ),
  };
}

/** A convolution of each channel by itself, 1x1. */
function depthwise({ shape: [channels] }: Node): Conv2d {
  const once = [1, 1] as const;
  return {
    kind: "conv2d",
    outChannels: channels,
    groups: channels,
    kernel: once,
    stride: once,
    pads: [0, 0, 0, 0],
  };
}

/** The gate scales the map as a depthwise convolution, which a sum and a ReLU may join. */
function gateAsWeights({ name, shape: [channels] }: Node, gate: string): Values {
  const weight = `${name}/gate-column`;
  return { weight, bias: null, before: reshaped(weight, gate, [channels, 1, 1, 1]) };
}

/** Of constants too, and so computed once. */
function normAsWeights({ name, parameters, shape: [channels] }: Node, epsilon: number): Values {
  const of = (local: string) => `${name}/${local}`;
  const { weight, bias, mean, variance } = parameters;
  const small = floatTensor(of("epsilon"), [], Float32Array.of(epsilon));
  const before = sequence(
    operator(of("shifted"), "Add", [variance!.name, small.name!], [], [small]),
    operator(of("deviation"), "Sqrt", [of("shifted")]),
    operator(of("scale"), "Div", [weight!.name, of("deviation")]),
    operator(of("moved"), "Mul", [mean!.name, of("scale")]),
    operator(of("bias"), "Sub", [bias!.name, of("moved")]),
    reshaped(of("weight"), of("scale"), [channels, 1, 1, 1]),
  );
  return { weight: of("weight"), bias: of("bias"), before };
}
