import { InputError } from "../error/input-error.ts";
import type { Network, Node, Parameter, Role } from "./network.ts";
import { inferShape, ruleOf } from "./op-table.ts";
import type { Op, Pads, ParameterSlot, PlainKind, Size, Window } from "./op.ts";
import type { MapShape } from "./shape.ts";

/** The part of the network that a node stands in, which gives the first part of its name. */
export interface Place {
  readonly role: Role;
  readonly stage?: number;
  readonly block?: number;
}

export interface NodeRequest extends Place {
  readonly op: Op;
  /** The names of the nodes that the new node reads, which the graph already has. */
  readonly inputs: readonly string[];
  /** The last part of the node's name, unique among the nodes at its place. */
  readonly local: string;
  /** The first part of the parameters' names ("layer1.0.conv1"), needed if the node has parameters. */
  readonly prefix?: string;
  /** Whether a `conv2d` or `dense` has a bias; default false. */
  readonly bias?: boolean;
}

/** The last part of a parameter's name, which is PyTorch's. */
const suffixes: Readonly<Record<ParameterSlot, string>> = {
  weight: "weight",
  bias: "bias",
  mean: "running_mean",
  variance: "running_var",
};

/** Writes a graph down node by node, inferring shapes and declaring parameters. */
export class GraphBuilder {
  readonly #name: string;
  readonly #nodes = new Map<string, Node>();
  /** The node that stands for the image. */
  readonly input: Node;

  constructor(name: string, imageShape: MapShape) {
    this.#name = name;
    this.input = {
      name: "images",
      op: { kind: "input" },
      inputs: [],
      parameters: {},
      shape: imageShape,
      role: "stem",
      stage: null,
      block: null,
    };
    this.#nodes.set(this.input.name, this.input);
  }

  add(request: NodeRequest): Node {
    const { op, inputs, role, stage, block, local } = request;
    const at = [
      stage === undefined ? null : `stage${stage}`,
      block === undefined ? null : `block${block}`,
      role,
      local,
    ];
    const name = at.filter((part) => part !== null).join("/");
    if (this.#nodes.has(name)) throw new InputError(`the graph has two nodes named ${name}`);
    const shapes = inputs.map((input) => this.#find(input, name).shape);
    const { shape, parameters } = inferred(name, () => ({
      shape: inferShape(op, shapes),
      parameters: declareParameters(request, ruleOf(op).parameters(op, shapes)),
    }));
    const node: Node = {
      name,
      op,
      inputs,
      parameters,
      shape,
      role,
      stage: stage ?? null,
      block: block ?? null,
    };
    this.#nodes.set(name, node);
    return node;
  }

  build(output: Node): Network {
    return { name: this.#name, nodes: [...this.#nodes.values()], output: output.name };
  }

  #find(name: string, reader: string): Node {
    const node = this.#nodes.get(name);
    if (!node) throw new InputError(`${reader} reads ${name}, which does not come before it`);
    return node;
  }
}

function inferred<T>(name: string, infer: () => T): T {
  try {
    return infer();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${name} ${error.message}`, {
      ...(error.remedy === null ? {} : { remedy: error.remedy }),
      cause: error,
    });
  }
}

function declareParameters(
  request: NodeRequest,
  shapes: Readonly<Partial<Record<ParameterSlot, readonly number[]>>>,
): Node["parameters"] {
  const optionalBias = request.op.kind === "conv2d" || request.op.kind === "dense";
  const declared: Partial<Record<ParameterSlot, Parameter>> = {};
  for (const [slot, shape] of Object.entries(shapes) as [ParameterSlot, readonly number[]][]) {
    if (slot === "bias" && optionalBias && !request.bias) continue;
    if (request.prefix === undefined) {
      throw new InputError("has parameters, and no prefix to name them by");
    }
    declared[slot] = { name: `${request.prefix}.${suffixes[slot]}`, shape };
  }
  return declared;
}

/** The default of PyTorch and Caffe, which every published SE-ResNet uses. */
const batchNormEpsilon = 1e-5;

/** Appends nodes at one place of a graph, each reading the nodes given to it. */
export interface Layers {
  conv(input: Node, options: ConvOptions): Node;
  /** Appends a convolution and a batch norm. */
  convNorm(input: Node, options: ConvNormOptions): Node;
  norm(input: Node, options: NormOptions): Node;
  /**
   * Appends a convolution, batch norm and ReLU: nodes `LOCAL/conv`, `LOCAL/bn`
   * and `LOCAL/relu`, parameters `PREFIX.conv` and `PREFIX.bn`.
   */
  unit(input: Node, options: UnitOptions): Node;
  apply(kind: PlainKind, inputs: readonly Node[], local: string): Node;
  op(op: Op, input: Node, local: string): Node;
  dense(
    input: Node,
    options: { units: number; bias: boolean; local: string; prefix: string },
  ): Node;
}

interface ConvOptions {
  readonly outChannels: number;
  readonly kernel: Size;
  readonly stride?: number;
  readonly groups?: number;
  /** The padding, by default half the kernel, which keeps the size at stride 1. */
  readonly pads?: Pads;
  readonly bias?: boolean;
  readonly local: string;
  readonly prefix: string;
}

interface NormOptions {
  readonly local: string;
  readonly prefix: string;
  /** The constant added to the variance, default 1e-5. */
  readonly epsilon?: number;
}

interface ConvNormOptions extends ConvOptions {
  readonly norm: NormOptions;
}

interface UnitOptions extends Omit<ConvOptions, "bias"> {
  readonly epsilon?: number;
  /** Whether a ReLU follows the batch norm; default true. */
  readonly relu?: boolean;
}

export function square(extent: number): Size {
  return [extent, extent];
}

/** A square window with the same stride in both directions and the same padding on all sides. */
export function squareWindow(extent: number, stride: number, pad: number): Window {
  return { kernel: square(extent), stride: square(stride), pads: [pad, pad, pad, pad] };
}

export function layersAt(builder: GraphBuilder, place: Place): Layers {
  const conv = (input: Node, options: ConvOptions): Node => {
    const { outChannels, kernel, stride = 1, groups = 1, bias = false, local, prefix } = options;
    const [vertical, horizontal] = [Math.floor(kernel[0] / 2), Math.floor(kernel[1] / 2)];
    const pads = options.pads ?? [vertical, horizontal, vertical, horizontal];
    return builder.add({
      ...place,
      op: { kind: "conv2d", outChannels, kernel, stride: square(stride), pads, groups },
      inputs: [input.name],
      local,
      prefix,
      bias,
    });
  };
  const norm = (input: Node, { epsilon = batchNormEpsilon, ...names }: NormOptions): Node =>
    builder.add({ ...place, op: { kind: "batchNorm", epsilon }, inputs: [input.name], ...names });
  const apply: Layers["apply"] = (kind, inputs, local) =>
    builder.add({ ...place, op: { kind }, inputs: inputs.map(({ name }) => name), local });
  return {
    conv,
    norm,
    convNorm: (input, { norm: names, ...options }) => norm(conv(input, options), names),
    unit(input, { local, prefix, epsilon, relu = true, ...shape }) {
      const named = (part: string) => ({
        local: local === "" ? part : `${local}/${part}`,
        prefix: `${prefix}.${part}`,
      });
      const convolved = conv(input, { ...shape, ...named("conv") });
      const normed = norm(convolved, {
        ...named("bn"),
        ...(epsilon === undefined ? {} : { epsilon }),
      });
      return relu ? apply("relu", [normed], named("relu").local) : normed;
    },
    apply,
    op: (op, input, local) => builder.add({ ...place, op, inputs: [input.name], local }),
    dense: (input, { units, ...rest }) =>
      builder.add({ ...place, op: { kind: "dense", units }, inputs: [input.name], ...rest }),
  };
}
