import type { Constant, Dims, Graph, Node, Value } from "../graph/model.ts";
import { numberOf, numbersOf } from "../graph/model.ts";
import type { Numbers } from "./dims.ts";

/** The shapes and small values of a graph's tensors that are known so far. */
export class KnownTensors {
  readonly #dims = new Map<string, Dims>();
  readonly #numbers = new Map<string, Numbers>();
  /** The constants, those of Constant nodes and what Identity hands on included. */
  readonly constants = new Map<string, Constant>();

  dimsOf(name: string | undefined): Dims | null {
    return name === undefined ? null : (this.#dims.get(name) ?? null);
  }

  numbersOf(name: string | undefined): Numbers | null {
    return name === undefined ? null : (this.#numbers.get(name) ?? null);
  }

  setDims(name: string, dims: Dims): void {
    this.#dims.set(name, dims);
  }

  setNumbers(name: string, numbers: Numbers): void {
    this.#numbers.set(name, numbers);
  }

  setConstant(name: string, constant: Constant): void {
    this.constants.set(name, constant);
    this.#dims.set(name, constant.dims);
    if (constant.values !== null) this.#numbers.set(name, constant.values);
  }
}

/** A graph with the shapes of its tensors, as far as they can be told without running it. */
export interface ShapedGraph {
  readonly graph: Graph;
  readonly known: KnownTensors;
  /** The inputs with the sizes that were asked for. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** The multiply-accumulates of each node of a run; null where a size is free. */
  readonly macs: ReadonlyMap<Node, number | null>;
  /** The first node whose output's shape is not known although those of its inputs are. */
  readonly unknown: Node | null;
}

/** A node with what is known of its inputs. */
export interface Site {
  readonly node: Node;
  /** The version of the operators of the node's domain. */
  readonly opset: number;
  /** The shape of an input, or null where it is not known or left out. */
  dims(input: number): Dims | null;
  /** The values of an input, or null where they are not known. */
  numbers(input: number): Numbers | null;
  /** Integers that are an attribute up to some version and an input from then on. */
  given(attribute: string, input: number): readonly number[] | null;
}

export function siteOf(node: Node, opset: number, known: KnownTensors): Site {
  const numbers = (input: number) => known.numbersOf(node.inputs[input] || undefined);
  return {
    node,
    opset,
    dims: (input) => known.dimsOf(node.inputs[input] || undefined),
    numbers,
    given(attribute, input) {
      const own = numbersOf(node, attribute);
      if (own !== null) return own;
      const read = numbers(input);
      return read !== null && read.every((each) => typeof each === "number")
        ? (read as readonly number[])
        : null;
    },
  };
}

/** The shapes of a node's outputs by rule: null for one that cannot be told. */
export type ShapeRule = (site: Site) => readonly (Dims | null)[];

/** The values of a node's output by rule, or null. */
export type ValueRule = (site: Site) => Numbers | null;

/** The part of a shape that Shape gives. */
export function shapeSlice({ node }: Site, map: Dims): Dims {
  const [start, end] = [numberOf(node, "start", 0), numberOf(node, "end", map.length)];
  return map.slice(start, end);
}
