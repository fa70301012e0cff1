import type { Tensor } from "@sebench/spec";
import type { Weights } from "./weights.ts";

/**
 * Weights that are computed when they are asked for, and each time anew: who
 * reads them one after the other never holds more than one. Copy them
 * (`new Map(weights)`) to read them often.
 */
export class DerivedWeights implements Weights {
  readonly #sources: ReadonlyMap<string, () => Tensor>;

  constructor(sources: ReadonlyMap<string, () => Tensor>) {
    this.#sources = sources;
  }

  get size(): number {
    return this.#sources.size;
  }

  has(name: string): boolean {
    return this.#sources.has(name);
  }

  get(name: string): Tensor | undefined {
    return this.#sources.get(name)?.();
  }

  keys(): MapIterator<string> {
    return this.#sources.keys();
  }

  *values(): MapIterator<Tensor> {
    for (const derive of this.#sources.values()) yield derive();
  }

  *entries(): MapIterator<[string, Tensor]> {
    for (const [name, derive] of this.#sources) yield [name, derive()];
  }

  [Symbol.iterator](): MapIterator<[string, Tensor]> {
    return this.entries();
  }

  forEach(visit: (tensor: Tensor, name: string, weights: Weights) => void): void {
    for (const [name, tensor] of this) visit(tensor, name, this);
  }
}
