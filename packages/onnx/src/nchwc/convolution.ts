import type { Conv2d, GatedConv2d, MapShape, Node, Parameter, Shape } from "@sebench/spec";
import { noOperators } from "../graph/notation.ts";
import { type Operators, operatorsOf, sequence, type Site } from "../graph/operators.ts";
import { type Attribute, floats, int, string } from "../proto/attribute.ts";
import { floatTensor, int64Tensor } from "../proto/tensor-proto.ts";
import { blockedWeights, blockSize, padded, swapped } from "./blocked-weights.ts";
import { blockedConvolution, paddedChannels } from "./blocks.ts";
import type { Step } from "./plan.ts";
import { inDomain, operator, reshaped } from "./write.ts";

/** A convolution and the values that it computes with. */
interface Parameters {
  readonly op: Conv2d;
  /** The name of the weight. */
  readonly weight: string;
  /** The name of the bias, or null. */
  readonly bias: string | null;
  /** The operators that compute weight and bias. */
  readonly before: Operators;
}

/**
 * Writes a convolution on blocked maps, with the sum and the activation that joined it. The
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
  const attribute = [...node!.attribute!, ...activationOf(step)];
  return sequence(before, inDomain({ nodes: [{ ...node, input, attribute }], constants: [] }));
}

function activationOf({ activation }: Step): Attribute[] {
  if (activation === null) return [];
  const { name, parameters } = activation;
  const given = parameters.length === 0 ? [] : [floats("activation_params", parameters)];
  return [string("activation", name), ...given];
}

/**
 * Writes the scaling by a gate for each channel of each image as a depthwise convolution,
 * to which the channels of all images are those of one image. Blocked images lie one after
 * the other, too.
 */
function scaledByGates(step: Step, site: Site, sum: string | null): Operators {
  const { batch, output } = site;
  const [channels, height, width] = step.node.shape as MapShape;
  const filled = paddedChannels(channels);
  const shape = [batch * filled, height, width] as const;
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
    reshaped(output, of("scaled"), [batch, filled, height, width], of("images")),
  );
}

function parametersOf({ node, inputShapes }: Step, site: Site): Parameters {
  const { op } = node;
  switch (op.kind) {
    case "conv2d":
      return { op: paddedGroups(op), ...storedParameters(node, op, inputShapes) };
    case "gatedConv2d": {
      if (site.batch !== 1) throw new Error(`${node.name} is of one image, not ${site.batch}`);
      const { scales: _side, ...window } = op;
      const ungated = { ...window, kind: "conv2d" } as const;
      return {
        op: paddedGroups(ungated),
        ...gatedParameters(node, op, inputShapes, site.inputs[1]!),
      };
    }
    case "mul":
      return { op: depthwise(node), ...gateAsWeights(node, site.inputs[1]!) };
    case "batchNorm":
      return { op: depthwise(node), ...normAsWeights(node, op.epsilon) };
    default:
      throw new Error(`${node.name} is no convolution, but a ${op.kind}`);
  }
}

/** A convolution with as many groups as its padded map has channels, if it is depthwise. */
function paddedGroups(op: Conv2d): Conv2d {
  if (op.groups === 1 || op.groups !== op.outChannels) return op;
  const channels = paddedChannels(op.outChannels);
  return { ...op, outChannels: channels, groups: channels };
}

type Values = Omit<Parameters, "op">;

function storedParameters({ parameters }: Node, op: Conv2d, inputShapes: readonly Shape[]): Values {
  const { weights, reads } = blockedConvolution(op, inputShapes[0] as MapShape)!;
  const weight = padded(parameters.weight!, reads === "plain" || isGrouped(op));
  const bias = parameters.bias ? padded(parameters.bias) : null;
  const name = `${parameters.weight!.name}/blocked`;
  return {
    weight: name,
    bias: bias?.name ?? null,
    before: sequence(
      weight.before,
      bias?.before ?? noOperators,
      blockedWeights(weight, weights, name, weight.shape),
    ),
  };
}

/**
 * Writes the gate times the weights as a depthwise 1x1 convolution: the weights are its
 * map, `[1, out, 1, the rest]`, and the gate is its weights. Blocked weights lie in memory
 * as such a map does, and the result is read as weights again.
 */
function gatedParameters(
  { name, parameters }: Node,
  op: GatedConv2d,
  inputShapes: readonly Shape[],
  gate: string,
): Values {
  const weight = padded(parameters.weight!, isGrouped(op));
  const bias = padded(parameters.bias!);
  const [out, ...others] = weight.shape as [number, ...number[]];
  const rest = others.reduce((product, extent) => product * extent, 1);
  const { weights } = blockedConvolution(op, inputShapes[0] as MapShape)!;
  const map = `${weight.name}/blocked-map`;
  const of = (local: string) => `${name}/${local}`;
  const byInputs = op.scales === "inputs";
  const fills = sequence(weight.before, bias.before);
  if (byInputs && op.groups === 1) {
    const values = inputsGated(name, weight, bias.name, gate);
    return { ...values, before: sequence(fills, values.before) };
  }
  const shift = sequence(
    reshaped(of("gate-row"), gate, [out]),
    operator(of("bias"), "Mul", [bias.name, of("gate-row")]),
  );
  return {
    weight: of("weight"),
    bias: byInputs ? bias.name : of("bias"),
    before: sequence(
      fills,
      blockedWeights(weight, weights, map, [1, out, 1, rest]),
      reshaped(of("gate-column"), gate, [out, 1, 1, 1]),
      inDomain(operator(of("weight-map"), "Conv", [map, of("gate-column")], [int("group", out)])),
      reshaped(of("weight"), of("weight-map"), weight.shape),
      byInputs ? noOperators : shift,
    ),
  };
}

/**
 * Writes the weights of a 1x1 convolution times the gate of its inputs. Such weights lie in
 * memory as `[out / block, in, block]`, so the gate is repeated over a block first: the product
 * then goes over long rows.
 */
function inputsGated(name: string, weight: Parameter, bias: string, gate: string): Values {
  const inputs = weight.shape[1]!;
  const of = (local: string) => `${name}/${local}`;
  const [count, one] = [inputs, 1].map((size) => int64Tensor(`layout/size${size}`, [size]));
  const sizes = `layout/gate-${inputs}`;
  const rows = `${weight.name}/rows`;
  return {
    weight: of("weight"),
    bias,
    before: sequence(
      swapped(rows, weight.name, [inputs, 1]),
      operator(
        sizes,
        "Concat",
        [one!.name!, count!.name!, blockSize, one!.name!],
        [int("axis", 0)],
        [one!, count!],
      ),
      operator(of("gate-rows"), "Expand", [gate, sizes]),
      operator(of("weight-rows"), "Mul", [rows, of("gate-rows")]),
      reshaped(of("weight"), of("weight-rows"), weight.shape),
    ),
  };
}

function isGrouped({ groups }: Conv2d | GatedConv2d): boolean {
  return groups > 1;
}

/** A 1x1 convolution of each channel by itself. */
function depthwise({ shape: [own] }: Node): Conv2d {
  const channels = paddedChannels(own);
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

/** Writes the gate as the weights of a depthwise convolution, which a sum and a ReLU may join. */
function gateAsWeights({ name, shape: [own] }: Node, gate: string): Values {
  const channels = paddedChannels(own);
  const weight = `${name}/gate-column`;
  return { weight, bias: null, before: reshaped(weight, gate, [channels, 1, 1, 1]) };
}

/** Writes a batch norm as weights and bias, computed of constants and so only once. */
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
  const filled = {
    weight: padded({ name: of("weight"), shape: [channels, 1, 1, 1] }, true),
    bias: padded({ name: of("bias"), shape: [channels] }),
  };
  return {
    weight: filled.weight.name,
    bias: filled.bias.name,
    before: sequence(before, filled.weight.before, filled.bias.before),
  };
}
