import { InputError } from "@sebench/spec";
import {
  bodiesOf,
  type Dim,
  type Dims,
  type Graph,
  type Model,
  type Node,
} from "../graph/model.ts";
import { KnownTensors, type ShapedGraph, siteOf } from "./access.ts";
import { dimsText } from "./dims.ts";
import { macsOf } from "./macs.ts";
import { shapeRules } from "./shape-rules.ts";
import { valueRules } from "./value-rules.ts";

/** Sizes for a model's inputs, by the input's name. */
export type InputSizes = ReadonlyMap<string, readonly number[]>;

/**
 * Reads sizes of inputs: `x=1x3x640x640`, one for each input.
 *
 * @throws InputError for what is no size
 */
export function parseInputSizes(texts: readonly string[]): InputSizes {
  const sizes = new Map<string, readonly number[]>();
  for (const text of texts) {
    const [, name, size] = /^(.+)=(\d+(?:x\d+)*)$/.exec(text) ?? [];
    const dims = size?.split("x").map(Number) ?? [];
    if (name === undefined || dims.some((dim) => dim < 1 || dim > 2 ** 31)) {
      throw new InputError(`--input is "${text}"`, {
        remedy: "give the input's name and its lengths, such as x=1x3x640x640",
      });
    }
    if (sizes.has(name)) {
      throw new InputError(`--input gives sizes for ${name} twice`, { remedy: "give it once" });
    }
    sizes.set(name, dims);
  }
  return sizes;
}

/**
 * Tells the shapes of a model's tensors.
 *
 * @throws InputError for sizes that the model's inputs cannot have
 */
export function inferShapes(model: Model, sizes: InputSizes = new Map()): ShapedGraph {
  const { graph, opsets } = model;
  const free = freeSizes(graph, sizes);
  const inputs = graph.inputs.map((input) => ({
    ...input,
    dims: sizes.get(input.name) ?? named(input.dims, free),
  }));
  const known = new KnownTensors();
  const told = new Map(graph.values.map(({ name, dims }) => [name, named(dims, free)]));
  for (const { name, dims } of graph.outputs) told.set(name, named(dims, free));
  for (const { name, dims } of inputs) if (dims !== null) known.setDims(name, dims);
  for (const constant of graph.constants) known.setConstant(constant.name, constant);
  const macs = new Map<Node, number | null>();
  let unknown: Node | null = null;
  for (const node of graph.nodes) {
    infer(node, opsets, known, told);
    macs.set(node, macsOf(siteOf(node, 0, known), known.dimsOf(node.outputs[0])));
    const isKnown = (name: string) => name === "" || known.dimsOf(name) !== null;
    if (!isKnown(node.outputs[0] ?? "") && node.inputs.every(isKnown)) unknown ??= node;
  }
  const outputs = graph.outputs.map((output) => ({ ...output, dims: known.dimsOf(output.name) }));
  return { graph, known, inputs, outputs, macs, unknown };
}

/** Sets the shapes of a node's outputs, by rule or else as the file tells them. */
function infer(
  node: Node,
  opsets: ReadonlyMap<string, number>,
  known: KnownTensors,
  told: ReadonlyMap<string, Dims | null>,
): void {
  const [first] = node.outputs;
  for (const body of bodiesOf(node)) {
    for (const { name, dims } of body.inputs) if (dims !== null) known.setDims(name, dims);
    for (const constant of body.constants) known.setConstant(constant.name, constant);
    for (const inner of body.nodes) infer(inner, opsets, known, told);
  }
  const tensor = node.attributes.get("value");
  if (node.op === "Constant" && tensor?.kind === "constant" && first) {
    known.setConstant(first, tensor.constant);
    return;
  }
  const handed = known.constants.get(node.inputs[0] ?? "");
  if (["Identity", "Cast"].includes(node.op) && handed !== undefined && first) {
    known.setConstant(first, handed);
    return;
  }
  const site = siteOf(node, opsets.get(node.domain) ?? 1, known);
  const numbers = valueRules.get(node.op)?.(site) ?? null;
  if (numbers !== null && first && numbers.length <= mostValues) known.setNumbers(first, numbers);
  const shapes = shapeRules.get(node.op)?.(site) ?? [];
  for (const [index, output] of node.outputs.entries()) {
    if (output === "") continue;
    const byRule =
      ["Constant", "Range"].includes(node.op) && numbers !== null
        ? [numbers.length]
        : shapes[index];
    const dims = merged(byRule ?? null, told.get(output) ?? null);
    if (dims !== null) known.setDims(output, dims);
  }
}

const mostValues = 1024;

/** The shape by rule, with what only the file tells. */
function merged(byRule: Dims | null, told: Dims | null): Dims | null {
  if (byRule === null || told?.length !== byRule.length) return byRule ?? told;
  return byRule.map((dim, axis) => dim ?? told[axis]!);
}

/** The numbers that names of free lengths stand for, by the sizes that were asked for. */
function freeSizes({ inputs }: Graph, sizes: InputSizes): Map<string, number> {
  const free = new Map<string, number>();
  for (const [name, asked] of sizes) {
    const input = inputs.find((each) => each.name === name);
    if (input === undefined) {
      const names = inputs.map((each) => each.name).join(", ");
      throw new InputError(`the model has no input ${name}`, { remedy: `its inputs: ${names}` });
    }
    for (const [axis, dim] of (input.dims ?? asked).entries()) {
      const size = asked[axis];
      const isOther = typeof dim === "number" && dim !== size;
      const before = typeof dim === "string" ? free.get(dim) : undefined;
      if (size === undefined || asked.length !== (input.dims ?? asked).length || isOther) {
        throw new InputError(
          `--input ${name} is ${asked.join("x")}, and the model's input is ${dimsText(input.dims)}`,
          {
            remedy:
              "give a number for each length that is free, and the model's own for the others",
          },
        );
      }
      if (before !== undefined && before !== size) {
        throw new InputError(`--input gives ${dim} the lengths ${before} and ${size}`, {
          remedy: `give one length wherever the model names it ${dim}`,
        });
      }
      if (typeof dim === "string") free.set(dim, size);
    }
  }
  return free;
}

function named(dims: Dims | null, free: ReadonlyMap<string, number>): Dims | null {
  return dims?.map((dim): Dim => (typeof dim === "string" ? (free.get(dim) ?? dim) : dim)) ?? null;
}
