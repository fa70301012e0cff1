import { InputError } from "../error/input-error.ts";
import type { Network, Node, Parameter } from "./network.ts";
import type { ParameterSlot } from "./op.ts";
import { isMap, type MapShape, type Shape } from "./shape.ts";

export interface DeclaredParameter extends Parameter {
  readonly slot: ParameterSlot;
  /** The name of the node that the parameter belongs to. */
  readonly node: string;
}

/** Every parameter of a network, in the order of the graph. */
export function parametersOf(network: Network): DeclaredParameter[] {
  const declared: DeclaredParameter[] = [];
  for (const node of network.nodes) {
    for (const slot of Object.keys(node.parameters) as ParameterSlot[]) {
      const { name, shape } = node.parameters[slot]!;
      declared.push({ slot, node: node.name, name, shape });
    }
  }
  return declared;
}

export function nodeOf(network: Network, name: string): Node {
  const node = network.nodes.find((each) => each.name === name);
  if (!node) throw new InputError(`${network.name} has no node ${name}`);
  return node;
}

/** The shape of one image that the network takes. */
export function inputShape(network: Network): MapShape {
  const shape = network.nodes[0]?.shape;
  if (!shape || !isMap(shape)) throw new InputError(`${network.name} has no image as input`);
  return shape;
}

/** The length of the network's logits. */
export function classesOf(network: Network): number {
  return nodeOf(network, network.output).shape[0];
}

/** Yields each node with the shapes of its inputs. */
export function* nodesWithInputs(network: Network): Generator<[Node, Shape[]]> {
  const shapes = new Map<string, Shape>();
  for (const node of network.nodes) {
    shapes.set(node.name, node.shape);
    yield [node, node.inputs.map((input) => shapes.get(input) ?? missing(node, input))];
  }
}

function missing(node: Node, input: string): never {
  throw new InputError(`${node.name} reads ${input}, which does not come before it`);
}
