import type { Tensor, TensorInfo } from "@tensorflow/tfjs-core";
import type { Tfjs } from "./binding.ts";
import type { TfjsModel } from "./model.ts";

/** A call whose values are numbered, with those that nobody reads after it. */
interface Step {
  readonly kernel: string;
  readonly inputs: readonly (readonly [argument: string, slot: number])[];
  readonly row: boolean;
  readonly attributes: object;
  readonly outputs: readonly number[];
  readonly released: readonly number[];
}

/** A model on a backend: its constants uploaded, its calls ready to be made. */
export class Program {
  readonly #tf: Tfjs;
  readonly #steps: readonly Step[];
  readonly #constants: readonly Tensor[];
  readonly #input: number;
  readonly #output: number;

  constructor(tf: Tfjs, model: TfjsModel) {
    const slots = new Map<string, number>();
    const slotOf = (name: string) => {
      const slot = slots.get(name) ?? slots.size;
      slots.set(name, slot);
      return slot;
    };
    this.#tf = tf;
    this.#constants = Array.from(model.constants, ([name, { data, shape }]) => {
      slotOf(name);
      return tf.tensor(data, [...shape], "float32");
    });
    this.#input = slotOf(model.input);
    const lastReader = new Map<string, number>();
    for (const [index, { inputs }] of model.calls.entries()) {
      for (const name of Object.values(inputs)) lastReader.set(name, index);
    }
    this.#steps = model.calls.map(({ kernel, inputs, attributes, outputs }, index) => {
      const named = Object.entries(inputs) as [string, string][];
      const reads = new Set(named.map(([, name]) => name));
      const released = [...reads].filter(
        (name) => lastReader.get(name) === index && !model.constants.has(name),
      );
      return {
        kernel,
        row: Array.isArray(inputs),
        inputs: named.map(([argument, name]) => [argument, slotOf(name)] as const),
        attributes,
        outputs: outputs.map(slotOf),
        released: released.map(slotOf),
      };
    });
    this.#output = slotOf(model.output);
  }

  /** Images `[batch, height, width, channels]` to logits; the caller disposes of both. */
  run(images: Tensor): Tensor {
    return this.#tf.tidy(() => this.#execute(images));
  }

  dispose(): void {
    for (const constant of this.#constants) constant.dispose();
  }

  #execute(images: Tensor): Tensor {
    const engine = this.#tf.engine();
    const values: Tensor[] = [...this.#constants];
    values[this.#input] = images;
    for (const step of this.#steps) {
      const inputs: Record<string, TensorInfo> | TensorInfo[] = step.row ? [] : {};
      for (const [argument, slot] of step.inputs) {
        (inputs as Record<string, TensorInfo>)[argument] = values[slot]!;
      }
      const made = engine.runKernel(step.kernel, inputs as never, step.attributes as never);
      const outputs = Array.isArray(made) ? made : [made];
      for (const [index, slot] of step.outputs.entries()) values[slot] = outputs[index] as Tensor;
      for (const slot of step.released) if (slot !== this.#input) values[slot]!.dispose();
    }
    return values[this.#output]!;
  }
}
