import type { Tensor as Values } from "@sebench/spec";
import type { NamedTensorMap, Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Tfjs } from "../session/binding.ts";
import { toNetwork, toTfjs, type TrainableNetwork } from "./trainable-network.ts";

export interface SgdOptions {
  /** The part of the velocity that is kept at each step. */
  readonly momentum: number;
  /** The part of a layer's weights that is added to their gradient; biases and batch norms get none. */
  readonly weightDecay: number;
}

/**
 * Stochastic gradient descent with momentum by PyTorch's formula:
 * `v = momentum v + gradient; w = w - rate v`.
 */
export class Sgd {
  readonly #tf: Tfjs;
  readonly #options: SgdOptions;
  readonly #steps: readonly {
    readonly name: string;
    readonly variable: Variable;
    readonly velocity: Variable;
  }[];

  constructor(tf: Tfjs, trainable: TrainableNetwork, options: SgdOptions) {
    this.#tf = tf;
    this.#options = options;
    this.#steps = Array.from(trainable.variables, ([name, variable]) => {
      const zeros = tf.zerosLike(variable);
      const velocity = tf.variable(zeros, false);
      zeros.dispose();
      return { name, variable, velocity };
    });
  }

  /**
   * Takes one step.
   *
   * @param gradients The gradients by the names that `tf.variableGrads` gives them.
   */
  step(gradients: NamedTensorMap, rate: number): void {
    const { momentum, weightDecay } = this.#options;
    const tf = this.#tf;
    for (const { variable, velocity } of this.#steps) {
      tf.tidy(() => {
        let gradient: Tensor = gradients[variable.name]!;
        if (variable.rank > 1 && weightDecay > 0) {
          gradient = tf.add(gradient, tf.mul(variable, weightDecay));
        }
        velocity.assign(tf.add(tf.mul(velocity, momentum), gradient));
        variable.assign(tf.sub(variable, tf.mul(velocity, rate)));
      });
    }
  }

  /** The velocities by the names of their parameters, in the shapes of the network. */
  async velocities(shapes: ReadonlyMap<string, Values>): Promise<ReadonlyMap<string, Values>> {
    const all = new Map<string, Values>();
    for (const { name, velocity } of this.#steps) {
      const { shape } = shapes.get(name)!;
      all.set(name, { shape, data: await toNetwork(this.#tf, velocity, shape) });
    }
    return all;
  }

  /** Continues from saved velocities. */
  restore(velocities: ReadonlyMap<string, Values>): void {
    for (const { name, velocity } of this.#steps) {
      const value = toTfjs(this.#tf, velocities.get(name)!);
      velocity.assign(value);
      value.dispose();
    }
  }

  dispose(): void {
    this.#tf.dispose(this.#steps.map(({ velocity }) => velocity));
  }
}
