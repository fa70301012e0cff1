import type { Arrange, ConstantRecipe } from "./constant.ts";
import type { KernelCall, KernelName, KernelTypes } from "./kernel-call.ts";

/** Writes a model down, kernel by kernel, and names its values after the nodes they are part of. */
export class KernelWriter {
  readonly calls: KernelCall[] = [];
  readonly recipes: ConstantRecipe[] = [];
  #node = "";
  #count = 0;

  /** What is written from now on is part of this node. */
  enter(node: string): void {
    this.#node = node;
    this.#count = 0;
  }

  /** The name of the value that the kernel gives. */
  call<Name extends KernelName>(kernel: Name, ...of: KernelTypes[Name]): string {
    const [only] = this.callForMany(kernel, 1, ...of);
    return only!;
  }

  /** The names of the values that the kernel gives, which are so many. */
  callForMany<Name extends KernelName>(
    kernel: Name,
    count: number,
    ...[inputs, attributes]: KernelTypes[Name]
  ): string[] {
    const outputs = Array.from({ length: count }, () => this.#newName());
    this.calls.push({ node: this.#node, kernel, inputs, attributes, outputs });
    return outputs;
  }

  constant(shape: readonly number[], parameter: string | null, arrange: Arrange): string {
    const name = this.#newName();
    this.recipes.push({ name, shape, parameter, arrange });
    return name;
  }

  #newName(): string {
    return `${this.#node}#${this.#count++}`;
  }
}
