import { InputError } from "@sebench/spec";
import type { ByteSource, Span } from "../proto/byte-source.ts";
import { fieldsOf, spanOf, textOf } from "../proto/wire.ts";
import { type Attribute, type Graph, type Node, titleOf } from "./model.ts";
import { readAttribute, readNode } from "./read-graph.ts";

/** A function that a model brings along. */
export interface ModelFunction {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly Node[];
  /** What attributes count as that a call leaves out. */
  readonly defaults: ReadonlyMap<string, Attribute>;
}

/** The functions of a model by domain, name and overload. */
export type ModelFunctions = ReadonlyMap<string, ModelFunction>;

/** The most nodes that a graph may have once its calls are replaced. */
const mostNodes = 200_000;
/** The deepest nesting of calls in the bodies of functions. */
const deepest = 32;

/** Reads a FunctionProto, with the key of its name. */
export function readFunction(source: ByteSource, span: Span): [string, ModelFunction] {
  const found = {
    inputs: [] as string[],
    outputs: [] as string[],
    nodes: [] as Node[],
    defaults: new Map<string, Attribute>(),
  };
  let [name, domain, overload] = ["", "", ""];
  for (const field of fieldsOf(source, span)) {
    if (field.number === 1) name = textOf(source, field);
    else if (field.number === 4) found.inputs.push(textOf(source, field));
    else if (field.number === 5) found.outputs.push(textOf(source, field));
    else if (field.number === 7) found.nodes.push(readNode(source, field, 1));
    else if (field.number === 10) domain = textOf(source, field);
    else if (field.number === 11) found.defaults.set(...readAttribute(source, spanOf(field), 1));
    else if (field.number === 13) overload = textOf(source, field);
  }
  return [keyOf(domain, name, overload), found];
}

function keyOf(domain: string, name: string, overload = ""): string {
  return [domain, name, overload].join("\n");
}

/** Replaces each call of a function by the function's nodes, and tells how many there were. */
export function inlineCalls(
  graph: Graph,
  functions: ModelFunctions,
): { graph: Graph; inlined: number } {
  if (functions.size === 0) return { graph, inlined: 0 };
  refuseTooMany(graph, functions);
  const nodes: Node[] = [];
  let inlined = 0;
  const take = (node: Node, outermost: string | null) => {
    const called = functions.get(keyOf(node.domain, node.op));
    if (called === undefined) {
      nodes.push(node);
      return;
    }
    const title = outermost ?? titleOf(node);
    const body = bodyOf(node, called, `${title}/${inlined++}`);
    for (const own of body) take(own, title);
  };
  for (const node of graph.nodes) take(node, null);
  return { graph: { ...graph, nodes }, inlined };
}

/** Refuses calls that would give too many nodes, before any is replaced. */
function refuseTooMany(graph: Graph, functions: ModelFunctions): void {
  const counts = new Map<string, number>();
  const countOf = (nodes: readonly Node[], depth: number): number => {
    if (depth > deepest) throw tooMany(`calls nested more than ${deepest} deep`);
    let count = 0;
    for (const { domain, op } of nodes) {
      const key = keyOf(domain, op);
      const called = functions.get(key);
      // A call counts as a node of its own, so that functions without nodes are not for free.
      const own =
        called === undefined ? 1 : (counts.get(key) ?? 1 + countOf(called.nodes, depth + 1));
      if (called !== undefined) counts.set(key, own);
      count += own;
    }
    return count;
  };
  if (countOf(graph.nodes, 0) > mostNodes) throw tooMany(`more than ${mostNodes} nodes`);
}

/** The nodes of a function for one call, with names that no other call has. */
function bodyOf(call: Node, { inputs, outputs, nodes, defaults }: ModelFunction, prefix: string) {
  const names = new Map<string, string>([["", ""]]);
  for (const [index, name] of inputs.entries()) names.set(name, call.inputs[index] ?? "");
  for (const [index, name] of outputs.entries()) {
    names.set(name, call.outputs[index] || `${prefix}/${name}`);
  }
  const named = (name: string) => names.get(name) ?? `${prefix}/${name}`;
  const given = (to: string) => call.attributes.get(to) ?? defaults.get(to);
  return nodes.map((node) => ({
    ...renamed(node, named, given),
    name: named(node.name || node.op),
  }));
}

/** A node of a function with the names and attributes of one call. */
function renamed(
  node: Node,
  named: (name: string) => string,
  given: (attribute: string) => Attribute | undefined,
): Node {
  const attributes = new Map<string, Attribute>();
  for (const [name, attribute] of node.attributes) {
    const own = attribute.kind === "reference" ? given(attribute.to) : attribute;
    if (own === undefined) continue;
    attributes.set(
      name,
      own.kind === "graphs"
        ? { ...own, graphs: own.graphs.map((graph) => renamedBody(graph, named, given)) }
        : own,
    );
  }
  const { inputs, outputs } = node;
  return {
    ...node,
    inputs: inputs.map(named),
    outputs: outputs.map(named),
    attributes,
    changed: true,
  };
}

/** A body in a function, in which what it takes from around it has the names of one call. */
function renamedBody(graph: Graph, ...[named, given]: RenamedBy): Graph {
  const own = new Set(
    [
      ...[...graph.inputs, ...graph.constants].map(({ name }) => name),
      ...graph.nodes.flatMap(({ outputs }) => outputs),
    ].filter((name) => name !== ""),
  );
  const inBody = (name: string) => (own.has(name) ? name : named(name));
  return {
    ...graph,
    nodes: graph.nodes.map((node) => renamed(node, inBody, given)),
    outputs: graph.outputs.map((output) => ({ ...output, name: inBody(output.name) })),
  };
}

type RenamedBy = [(name: string) => string, (attribute: string) => Attribute | undefined];

function tooMany(what: string): InputError {
  return new InputError(`its functions give ${what}`, {
    remedy: "inline them with onnx.inliner, or export the model without functions",
  });
}
