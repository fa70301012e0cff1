import { GraphView } from "../graph/graph-view.ts";
import { bodiesOf, type Dims, type Graph, type Node, titleOf } from "../graph/model.ts";
import { weightsOf } from "../shapes/parameters.ts";
import { weightsAt } from "../shapes/macs.ts";
import type { ShapedGraph } from "../shapes/access.ts";
import type { Block, BlockKind } from "./block.ts";
import { formsOf } from "./forms.ts";
import { isEca, seeThrough, type Trace, Traces, type Vector } from "./trace.ts";

/** Finds every SE block of a model, in the order of the graph, those in bodies after the others. */
export function findBlocks(shaped: ShapedGraph): Block[] {
  return blocksIn(shaped.graph, shaped, null, null);
}

function blocksIn(
  graph: Graph,
  shaped: ShapedGraph,
  within: string | null,
  outer: Traces | null,
): Block[] {
  const traces = new Traces(graph, shaped.known, outer);
  const view = new GraphView(graph);
  const found = graph.nodes.flatMap((node) => {
    const block = blockAt(node, { traces, view, shaped, within });
    return block === null ? [] : [block];
  });
  const inner = graph.nodes.flatMap((node) =>
    bodiesOf(node).flatMap((body) => blocksIn(body, shaped, titleOf(node), traces)),
  );
  return [...found, ...inner];
}

interface Place {
  readonly traces: Traces;
  readonly view: GraphView;
  readonly shaped: ShapedGraph;
  readonly within: string | null;
}

/** The block whose product a node is, or null. */
function blockAt(product: Node, place: Place): Block | null {
  const operands = operandsOf(product, place.traces);
  if (operands === null) return null;
  const { map, gate, vector } = operands;
  const { known } = place.shaped;
  const chain = chainOf(gate, vector, place);
  if (chain === null) return null;
  const layers = chain.excite.filter((node) => weightsAt(node) !== null);
  const shape = known.dimsOf(map.name);
  const isVector = shape !== null && shape.length < 3;
  if (layers.length === 0 || isVector || isOneNumber(gate, shape, known)) return null;
  const sum = residualSum(product, map.origin, place);
  const isShifted = addsOne(gate, place);
  const shapes = layers.map((node) => known.dimsOf(node.inputs[weightsAt(node)!]) ?? []);
  const forms = formsOf(chain.excite, isShifted, place.view, place.traces, known);
  const kind = kindOf({
    isOther: !vector.maps.includes(map.origin) || vector.maps.length > 1,
    isResidual: sum !== null || isShifted,
    isEca: shapes.some(isEca),
    isMaxAverage: isMaxAverage(vector),
    layers: forms.layers,
  });
  return {
    kind,
    within: place.within,
    map: map.origin,
    operand: map.name,
    squeezed: vector.maps,
    squeezes: chain.squeezes,
    excite: chain.excite,
    product,
    sum,
    channels: channelsOf(shape, known.dimsOf(gate)),
    width: forms.layers < 2 ? null : outputsOf(layers[0]!, shapes[0]!),
    activation: forms.activation,
    gate: forms.gate,
    readers: place.view.readersOf((sum ?? product).outputs[0]!),
    weights: weightsOf(
      chain.excite,
      place.view,
      known,
      (name) => place.traces.of(name).kind === "constant",
    ),
    macs: sumOfMacs(chain.excite, place.shaped.macs),
  };
}

/** The multiply-accumulates of nodes, or null where those of a layer are not known. */
function sumOfMacs(nodes: readonly Node[], macs: ShapedGraph["macs"]): number | null {
  let sum = 0;
  for (const node of nodes) {
    const own = macs.get(node) ?? (weightsAt(node) === null ? 0 : null);
    if (own === null) return null;
    sum += own;
  }
  return sum;
}

/** The operands of a product of a map and a vector, or null for another product. */
function operandsOf(product: Node, traces: Traces) {
  if (product.op !== "Mul" && product.op !== "QLinearMul") return null;
  const [one, other] =
    product.op === "Mul" ? product.inputs : [product.inputs[0], product.inputs[3]];
  if (one === undefined || other === undefined) return null;
  for (const [name, gate] of [
    [one, other],
    [other, one],
  ] as const) {
    const [trace, vector] = [traces.of(name), traces.of(gate)];
    if (trace.kind === "map" && vector.kind === "vector") {
      return { map: { name, origin: trace.origin }, gate, vector };
    }
  }
  return null;
}

/** The most nodes between a map and a gate; a block has some ten. */
const longestChain = 500;

/**
 * The nodes between a map and a gate, those that do not depend on the map left out, or null for more
 * than a block has.
 */
function chainOf(gate: string, vector: Vector, { traces, view }: Place) {
  const seen = new Set<Node>();
  const open = [gate];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = view.givers.get(name);
    const trace: Trace = traces.of(name);
    const isSqueezed = trace.kind === "map" && !vector.maps.includes(name);
    if (node === undefined || seen.has(node) || (trace.kind !== "vector" && !isSqueezed)) continue;
    seen.add(node);
    if (seen.size > longestChain) return null;
    const isSource = vector.squeezes.includes(node) || trace.kind === "map";
    open.push(...(isSource ? node.inputs.slice(0, 1) : node.inputs));
  }
  const nodes = [...seen].toSorted((a, b) => view.order.get(a)! - view.order.get(b)!);
  const first = (node: Node) =>
    vector.squeezes.includes(node) || traces.of(node.outputs[0]!).kind === "map";
  return { squeezes: nodes.filter(first), excite: nodes.filter((node) => !first(node)) };
}

/** Whether a gate is one number for the whole map, such as a routing gate. */
function isOneNumber(gate: string, map: Dims | null, known: ShapedGraph["known"]): boolean {
  const dims = known.dimsOf(gate);
  if (dims === null || map?.[1] === 1) return false;
  return dims.slice(dims.length > 1 ? 1 : 0).every((dim) => dim === 1);
}

function kindOf(facts: {
  readonly isOther: boolean;
  readonly isResidual: boolean;
  readonly isEca: boolean;
  readonly isMaxAverage: boolean;
  readonly layers: number;
}): BlockKind {
  if (facts.isOther) return "other-tensor";
  if (facts.isResidual) return "residual";
  if (facts.isEca) return "eca";
  if (facts.isMaxAverage) return "max-average";
  return facts.layers < 2 ? "one-layer" : "classic";
}

function isMaxAverage({ squeezes }: Vector): boolean {
  const isMax = ({ op }: Node) => op.includes("Max");
  return squeezes.some(isMax) && !squeezes.every(isMax);
}

/** The sum of `x + x*s`, if nothing but it reads the product. */
function residualSum(product: Node, map: string, { traces, view }: Place): Node | null {
  let [name] = product.outputs as [string];
  for (;;) {
    const readers = view.readersOf(name);
    const [reader] = readers;
    if (readers.length !== 1 || reader === undefined || typeof reader === "string") return null;
    if (reader.op !== "Add" && !seeThrough.has(reader.op)) return null;
    if (reader.op === "Add") {
      const other = reader.inputs.find((input) => input !== name);
      const trace = other === undefined ? null : traces.of(other);
      return trace?.kind === "map" && trace.origin === map ? reader : null;
    }
    name = reader.outputs[0]!;
  }
}

/** Whether a gate is `1 + s`. */
function addsOne(gate: string, { traces, view, shaped }: Place): boolean {
  let node = view.givers.get(gate);
  while (node !== undefined && seeThrough.has(node.op)) node = view.givers.get(node.inputs[0]!);
  if (node?.op !== "Add") return false;
  const constant = node.inputs.find((name) => traces.of(name).kind === "constant");
  const values = constant === undefined ? null : shaped.known.numbersOf(constant);
  return values !== null && values.length > 0 && values.every((value) => value === 1);
}

/** The channels of a block: those of the map, which come last where the gate has them there. */
function channelsOf(map: Dims | null, gate: Dims | null): number | null {
  const last = gate !== null && gate.length > 2 && gate[1] === 1 ? gate.at(-1) : null;
  const channels = typeof last === "number" && last !== 1 ? last : (map?.[1] ?? gate?.[1]);
  return typeof channels === "number" ? channels : null;
}

/** The outputs of a layer, by its weights. */
function outputsOf(layer: Node, weights: readonly unknown[]): number | null {
  const isMatrix = layer.op.includes("MatMul");
  const transposed = layer.attributes.get("transB");
  const isFirst =
    layer.op.includes("Conv") || (transposed?.kind === "number" && transposed.value === 1);
  const width = isMatrix || !isFirst ? weights.at(-1) : weights[0];
  return typeof width === "number" ? width : null;
}
