import {
  elementCount,
  type Network,
  type Node,
  nodesWithInputs,
  type Parameter,
  type ParameterSlot,
  type Shape,
  type Tensor as Values,
} from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import type { Tensor, Tensor2D, Tensor4D, Variable } from "@tensorflow/tfjs-core";
import type { Tfjs } from "../session/binding.ts";
import {
  compute,
  requireTrainable,
  type Normalised,
  type TrainingKernels,
} from "./differentiable.ts";

/** The part of a running statistic that is kept at each step; PyTorch's 0.1 is the other part. */
const runningMomentum = 0.9;

interface Noted extends Pick<Normalised, "mean" | "variance"> {
  readonly node: Node;
}

/** A network whose parameters are variables, with running statistics of its batch norms. */
export class TrainableNetwork {
  readonly network: Network;
  /** The variables that gradients change, by the names of their parameters, in tfjs's layout. */
  readonly variables: ReadonlyMap<string, Variable>;
  readonly #tf: Tfjs;
  readonly #kernels: TrainingKernels;
  readonly #running: ReadonlyMap<string, Variable>;
  readonly #sites: readonly { readonly node: Node; readonly inputShapes: readonly Shape[] }[];
  #noted: Noted[] = [];

  /** Throws an `InputError` if the network has an operator that is not trained here. */
  constructor(tf: Tfjs, kernels: TrainingKernels, network: Network, weights: Weights) {
    requireTrainable(network.nodes);
    this.network = network;
    this.#tf = tf;
    this.#kernels = kernels;
    this.#sites = Array.from(nodesWithInputs(network), ([node, inputShapes]) => ({
      node,
      inputShapes,
    }));
    const variables = new Map<string, Variable>();
    const running = new Map<string, Variable>();
    for (const { slot, name } of parameterEntries(network)) {
      const target = isStatistic(slot) ? running : variables;
      const value = toTfjs(tf, weights.get(name)!);
      target.set(name, tf.variable(value, target === variables));
      value.dispose();
    }
    this.variables = variables;
    this.#running = running;
  }

  /**
   * The logits `[batch, classes]` of images `[batch, height, width, channels]`, normalised by
   * the statistics of the batch. tfjs can differentiate them; `updateStatistics` follows.
   */
  logits(images: Tensor4D): Tensor2D {
    this.#noted = [];
    const values = new Map<string, Tensor>();
    for (const { node, inputShapes } of this.#sites) {
      values.set(
        node.name,
        node.op.kind === "input" ? images : this.#apply(node, inputShapes, values),
      );
    }
    return values.get(this.network.output) as Tensor2D;
  }

  /** Moves the running statistics towards those of the last batch. */
  updateStatistics(): void {
    for (const { node, mean, variance } of this.#noted) {
      this.#move(node.parameters.mean!, mean);
      this.#move(node.parameters.variance!, variance);
    }
    this.#noted = [];
  }

  /** The weights in the network's layout, for inference, for a file, or for a session of an engine. */
  async weights(): Promise<Weights> {
    const weights = new Map<string, Values>();
    for (const { name, shape } of parameterEntries(this.network)) {
      const variable = this.variables.get(name) ?? this.#running.get(name)!;
      weights.set(name, { shape, data: await toNetwork(this.#tf, variable, shape) });
    }
    return weights;
  }

  dispose(): void {
    this.#tf.dispose([...this.variables.values(), ...this.#running.values()]);
  }

  #apply(node: Node, inputShapes: readonly Shape[], values: ReadonlyMap<string, Tensor>): Tensor {
    return compute({
      tf: this.#tf,
      kernels: this.#kernels,
      node,
      inputs: node.inputs.map((name) => values.get(name)!),
      inputShapes,
      parameter: (slot) => this.variables.get(node.parameters[slot]?.name ?? ""),
      noteStatistics: (statistics) => this.#noted.push({ node, ...statistics }),
    });
  }

  #move({ name }: Parameter, towards: Tensor): void {
    const running = this.#running.get(name)!;
    const tf = this.#tf;
    tf.tidy(() => {
      const kept = tf.mul(running, runningMomentum);
      running.assign(tf.add(kept, tf.mul(towards, 1 - runningMomentum)));
    });
    towards.dispose();
  }
}

function isStatistic(slot: ParameterSlot): boolean {
  return slot === "mean" || slot === "variance";
}

function parameterEntries(network: Network) {
  return network.nodes.flatMap(({ parameters }) =>
    (Object.entries(parameters) as [ParameterSlot, Parameter][]).map(([slot, { name, shape }]) => ({
      slot,
      name,
      shape,
    })),
  );
}

/**
 * Turns a parameter into tfjs's layout: `[out, in, height, width]` into
 * `[height, width, in, out]`, and `[out, in]` into `[in, out]`.
 */
export function toTfjs(tf: Tfjs, { shape, data }: Values): Tensor {
  return tf.tidy(() => {
    const tensor = tf.tensor(data, [...shape]);
    if (shape.length === 4) return tf.transpose(tensor, [2, 3, 1, 0]);
    return shape.length === 2 ? tf.transpose(tensor) : tensor.clone();
  });
}

/** Turns a tensor of tfjs back into the network's layout, which has this shape. */
export async function toNetwork(
  tf: Tfjs,
  tensor: Tensor,
  shape: readonly number[],
): Promise<Float32Array> {
  const turned = tf.tidy(() => {
    if (shape.length === 4) return tf.transpose(tensor, [3, 2, 0, 1]);
    return shape.length === 2 ? tf.transpose(tensor) : tensor.clone();
  });
  const data = new Float32Array(elementCount(shape));
  data.set(await turned.data<"float32">());
  turned.dispose();
  return data;
}
