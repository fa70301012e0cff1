import { InputError } from "./input-error.ts";
import type { Network, Node, Parameter, ParameterSlot, Role } from "./network.ts";
import type { Op } from "./op.ts";
import { inferShape, ruleOf } from "./op-table.ts";
import type { MapShape } from "./shape.ts";

/** Where in the network a node stands; gives the first part of its name. */
export interface Place {
  readonly role: Role;
  readonly stage?: number;
  readonly block?: number;
}

export interface NodeRequest extends Place {
  readonly op: Op;
  /** Names of earlier nodes. */
  readonly inputs: readonly string[];
  /** The last part of the node's name, unique at its place. */
  readonly local: string;
  /** First part of its parameters' names ("layer1.0.conv1"); needed where it has any. */
  readonly prefix?: string;
  /** Whether a `conv2d` or `dense` has a bias; default false. */
  readonly bias?: boolean;
}

/** As PyTorch names them. */
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
