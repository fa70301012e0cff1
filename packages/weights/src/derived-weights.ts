import type { Tensor } from "@sebench/spec";
import type { Weights } from "./weights.ts";

/** Gives memory for as many values. */
export type Allocate = (length: number) => Float32Array;

/** Computes a tensor, in memory from `allocate` where it is not one that exists. */
export type TensorSource = (allocate: Allocate) => Tensor;

const newMemory: Allocate = (length) => new Float32Array(length);

/**
 * Weights that are computed when they are asked for, and each time anew: who
 * reads them one after the other never holds more than one. Copy them
 * (`new Map(weights)`) to read them often.
 */
export class DerivedWeights implements Weights {
  readonly #sources: ReadonlyMap<string, TensorSource>;

  constructor(sources: ReadonlyMap<string, TensorSource>) {
    this.#sources = sources;
  }

  /**
   * All weights, each valid until the next is taken: what is computed comes in
   * the same memory. To get new memory from the system takes longer than to
   * compute what comes into it.
   */
  *inTurn(): Generator<[string, Tensor]> {
    let memory = newMemory(0);
    for (const [name, derive] of this.#sources) {
      const tensor = derive((length) => {
        if (memory.length < length) memory = newMemory(length);
        return memory.subarray(0, length);
      });
      yield [name, tensor];
    }
  }

  get size(): number {
    return this.#sources.size;
  }

  has(name: string): boolean {
    return this.#sources.has(name);
  }

  get(name: string): Tensor | undefined {
    return this.#sources.get(name)?.(newMemory);
  }

  keys(): MapIterator<string> {
    return this.#sources.keys();
  }

  *values(): MapIterator<Tensor> {
    for (const derive of this.#sources.values()) yield derive(newMemory);
  }

  *entries(): MapIterator<[string, Tensor]> {
    for (const [name, derive] of this.#sources) yield [name, derive(newMemory)];
  }

  [Symbol.iterator](): MapIterator<[string, Tensor]> {
    return this.entries();
  }

  forEach(visit: (tensor: Tensor, name: string, weights: Weights) => void): void {
    for (const [name, tensor] of this) visit(tensor, name, this);
  }
}
