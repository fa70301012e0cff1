import { elementCount } from "@sebench/spec";
import { halfBits } from "@sebench/weights";
import type { ElementType, WrittenOperator } from "../flat/schema.ts";
import type { OptionsOf, TfliteGraph, TfliteOperator, TfliteTensor } from "./graph.ts";

/** A tensor of the graph that is being written, by its index. */
export type Value = number;

/** Gathers the tensors and operators of a graph in the order in which they run. */
export class GraphWriter {
  readonly #tensors: TfliteTensor[] = [];
  readonly #operators: TfliteOperator[] = [];
  readonly #constants = new Map<string, Value>();

  /** Adds a float32 value that is given from outside or computed. */
  value(name: string, shape: readonly number[]): Value {
    return this.#add({ name, shape, type: "float32", constant: null });
  }

  /** Adds the operator that computes a value. Gives the value. */
  call<Kind extends WrittenOperator>(
    kind: Kind,
    inputs: readonly Value[],
    output: { readonly name: string; readonly shape: readonly number[] },
    options: OptionsOf<Kind>,
    version = 1,
  ): Value {
    const value = this.value(output.name, output.shape);
    this.#operators.push({
      kind,
      version,
      inputs,
      outputs: [value],
      options: options as TfliteOperator["options"],
    });
    return value;
  }

  /** Adds a constant of float32. Several readers of one name share it. */
  floats(name: string, shape: readonly number[], values: () => Float32Array): Value {
    return this.#constant(name, shape, "float32", values);
  }

  /** Adds a constant of float32 that the file holds in halves, and the operator that widens it. */
  halves(name: string, shape: readonly number[], values: () => Float32Array): Value {
    const known = this.#constants.get(name);
    if (known !== undefined) return known;
    const stored = this.#constant(`${name}/fp16`, shape, "float16", () => halfBits(name, values()));
    const value = this.call("DEQUANTIZE", [stored], { name, shape }, {}, dequantizeHalves);
    this.#constants.set(name, value);
    return value;
  }

  integers(
    name: string,
    values: readonly number[],
    shape: readonly number[] = [values.length],
  ): Value {
    return this.#constant(name, shape, "int32", () => Int32Array.from(values));
  }

  graph(name: string, inputs: readonly Value[], outputs: readonly Value[]): TfliteGraph {
    return { name, tensors: this.#tensors, operators: this.#operators, inputs, outputs };
  }

  #constant(
    name: string,
    shape: readonly number[],
    type: ElementType,
    values: () => Float32Array | Uint16Array | Int32Array,
  ): Value {
    const known = this.#constants.get(name);
    if (known !== undefined) return known;
    const byteLength = elementCount(shape) * bytesOf[type];
    const value = this.#add({ name, shape, type, constant: { byteLength, values } });
    this.#constants.set(name, value);
    return value;
  }

  #add(tensor: TfliteTensor): Value {
    return this.#tensors.push(tensor) - 1;
  }
}

const bytesOf: Readonly<Record<ElementType, number>> = { float32: 4, float16: 2, int32: 4 };

/** The first version of DEQUANTIZE that takes halves. */
const dequantizeHalves = 3;
