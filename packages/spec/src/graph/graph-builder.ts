import { InputError } from "../error/input-error.ts";
import type { Network, Node, Parameter, Role } from "./network.ts";
import { inferShape, ruleOf } from "./op-table.ts";
import type { Op, Pads, ParameterSlot, PlainKind, Size, Window } from "./op.ts";
import type { MapShape, Shape } from "./shape.ts";

/** The part of the network that a node stands in, which gives the first part of its name. */
export interface Place {
  readonly role: Role;
  readonly stage?: number;
  readonly block?: number;
}

export interface NewNode {
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

  add(request: NewNode & Place): Node {
    return this.addAt(request, request);
  }

  /** Appends a node at a place; spreading the place into each of thousands of requests is slow. */
  addAt({ role, stage, block }: Place, request: NewNode): Node {
    const { op, inputs, local } = request;
    const at = stage === undefined ? "" : `stage${stage}/`;
    const name = `${at}${block === undefined ? "" : `block${block}/`}${role}/${local}`;
    if (this.#nodes.has(name)) throw new InputError(`the graph has two nodes named ${name}`);
    const shapes = inputs.map((input) => this.#find(input, name).shape);
    const { shape, parameters } = infer(request, shapes, name);
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

function infer(
  request: NewNode,
  shapes: readonly Shape[],
  name: string,
): Pick<Node, "shape" | "parameters"> {
  const { op } = request;
  try {
    const shape = inferShape(op, shapes);
    return { shape, parameters: declareParameters(request, ruleOf(op).parameters(op, shapes)) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${name} ${error.message}`, {
      ...(error.remedy === null ? {} : { remedy: error.remedy }),
      cause: error,
    });
  }
}

function declareParameters(
  request: NewNode,
  shapes: Readonly<Partial<Record<ParameterSlot, readonly number[]>>>,
): Node["parameters"] {
  const optionalBias = request.op.kind === "conv2d" || request.op.kind === "dense";
  const declared: Partial<Record<ParameterSlot, Parameter>> = {};
  for (const slot of Object.keys(shapes) as ParameterSlot[]) {
    const shape = shapes[slot]!;
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

/**
 * The padding of a convolution: `half` the kernel on each side, or TensorFlow's `same`, whose
 * output is the input's size over the stride, rounded up, with an odd pixel at the bottom and
 * on the right.
 */
export type Padding = "half" | "same";

interface ConvOptions {
  readonly outChannels: number;
  readonly kernel: Size;
  readonly stride?: number;
  readonly groups?: number;
  /** The padding; default: `half`. Both ways keep the size at stride 1. */
  readonly padding?: Padding;
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

function padsOf(shape: Shape, { kernel, stride = 1, padding = "half" }: ConvOptions): Pads {
  const before = ([0, 1] as const).map((axis) => {
    const half = Math.floor(kernel[axis] / 2);
    return padding === "half" ? [half, half] : samePads(shape[axis + 1]!, kernel[axis], stride);
  });
  const [[top, bottom], [left, right]] = before as [[number, number], [number, number]];
  return [top, left, bottom, right];
}

function samePads(extent: number, kernel: number, stride: number): [number, number] {
  const positions = Math.ceil(extent / stride);
  const total = Math.max(0, (positions - 1) * stride + kernel - extent);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

export function layersAt(builder: GraphBuilder, place: Place): Layers {
  return new PlacedLayers(builder, place);
}

/** A network has hundreds of places: methods cost nothing where closures would be made anew. */
class PlacedLayers implements Layers {
  readonly #builder: GraphBuilder;
  readonly #place: Place;

  constructor(builder: GraphBuilder, place: Place) {
    this.#builder = builder;
    this.#place = place;
  }

  conv(input: Node, options: ConvOptions): Node {
    const { outChannels, kernel, stride = 1, groups = 1, bias = false, local, prefix } = options;
    const pads = options.pads ?? padsOf(input.shape, options);
    const op = {
      kind: "conv2d",
      outChannels,
      kernel,
      stride: square(stride),
      pads,
      groups,
    } as const;
    return this.#add({ op, inputs: [input.name], local, prefix, bias });
  }

  norm(input: Node, { epsilon = batchNormEpsilon, local, prefix }: NormOptions): Node {
    const op = { kind: "batchNorm", epsilon } as const;
    return this.#add({ op, inputs: [input.name], local, prefix });
  }

  convNorm(input: Node, { norm, ...options }: ConvNormOptions): Node {
    return this.norm(this.conv(input, options), norm);
  }

  unit(input: Node, options: UnitOptions): Node {
    const { local, prefix, epsilon, relu = true, ...shape } = options;
    const at = local === "" ? "" : `${local}/`;
    const convolved = this.conv(input, {
      ...shape,
      local: `${at}conv`,
      prefix: `${prefix}.conv`,
    });
    const names = { local: `${at}bn`, prefix: `${prefix}.bn` };
    const normed = this.norm(convolved, epsilon === undefined ? names : { ...names, epsilon });
    return relu ? this.apply("relu", [normed], `${at}relu`) : normed;
  }

  apply(...[kind, inputs, local]: Parameters<Layers["apply"]>): Node {
    return this.#add({ op: { kind }, inputs: inputs.map(({ name }) => name), local });
  }

  op(op: Op, input: Node, local: string): Node {
    return this.#add({ op, inputs: [input.name], local });
  }

  dense(...[input, { units, bias, local, prefix }]: Parameters<Layers["dense"]>): Node {
    const op = { kind: "dense", units } as const;
    return this.#add({ op, inputs: [input.name], local, prefix, bias });
  }

  #add(request: NewNode): Node {
    return this.#builder.addAt(this.#place, request);
  }
}
