import { InputError, type Role } from "@sebench/spec";
import { findBlocks } from "../blocks/find-blocks.ts";
import { bodiesOf, type Model, type Node, titleOf } from "../graph/model.ts";
import { readModel } from "../graph/read-model.ts";
import { inferShapes, type InputSizes } from "../shapes/infer.ts";
import { writeModel } from "./write-model.ts";

/** A node of a file, as a copy of the file calls it whose nodes can all be told apart. */
export interface MarkedNode {
  /** The name in the copy, which no other node's name has in it. */
  readonly name: string;
  /** How onnxruntime calls the kernels that compute the node in its blocked layout. */
  readonly aliases: readonly string[];
  /** The name in the user's file. */
  readonly title: string;
  readonly role: Role;
  /** The number of the SE block that the node is of, from 1 on, or null outside of them. */
  readonly stage: number | null;
  readonly block: null;
}

/** The paths of a model and of its twin. */
interface Files {
  readonly se: string;
  readonly plain: string;
}

/**
 * Writes copies of a model and its twin in which every node has a name of its own, the same in both,
 * since engines tell nodes in their profiles by nothing but their names, and add marks around them.
 *
 * @param to The paths of the copies, beside the weights where those are in other files.
 * @param sizes The sizes of the inputs whose lengths are free.
 * @throws InputError for a node with bodies, whose kernels a profile has twice
 */
export function writeMarked(
  from: Files,
  to: Files,
  sizes: InputSizes,
): Record<keyof Files, MarkedNode[]> {
  const model = readModel(from.se);
  const roles = rolesIn(model, sizes);
  const names = new Map(model.graph.nodes.map((node, index) => [keyOf(node), `<${index}>`]));
  const mark = (of: Model, path: string): MarkedNode[] => {
    writeModel({ ...of, graph: { ...of.graph, nodes: of.graph.nodes.map(renamed) } }, path);
    return of.graph.nodes.map((node): MarkedNode => {
      const { role, stage } = roles.get(keyOf(node)) ?? outside;
      const name = names.get(keyOf(node))!;
      const aliases = node.outputs.flatMap((output) => (output === "" ? [] : `${output}_nchwc`));
      return { name, aliases, title: titleOf(node), role, stage, block: null };
    });
  };
  const renamed = (node: Node): Node => {
    requireNoBodies(node);
    return { ...node, name: names.get(keyOf(node))!, changed: true };
  };
  return { plain: mark(readModel(from.plain), to.plain), se: mark(model, to.se) };
}

/** What tells a node from all others of a graph and is the same in a twin: the first value it gives. */
const keyOf = ({ outputs }: Node) => outputs.find((output) => output !== "") ?? "";

/** The place of a node in SE. */
type Place = Pick<MarkedNode, "role" | "stage">;

const outside: Place = { role: "trunk", stage: null };

/** The places of the nodes of SE blocks, by the nodes' keys. */
function rolesIn(model: Model, sizes: InputSizes): Map<string, Place> {
  const roles = new Map<string, Place>();
  const blocks = findBlocks(inferShapes(model, sizes)).filter(({ within }) => within === null);
  for (const [index, { squeezes, excite, product, sum }] of blocks.entries()) {
    const stage = index + 1;
    const take = (nodes: readonly (Node | null)[], role: Role) => {
      for (const node of nodes) if (node !== null) roles.set(keyOf(node), { role, stage });
    };
    take(squeezes, "squeeze");
    take(excite, "excite");
    take([product, sum], "scale");
  }
  return roles;
}

function requireNoBodies(node: Node): void {
  if (bodiesOf(node).length === 0) return;
  throw new InputError(
    `${node.op} ${titleOf(node)} has bodies, whose kernels a profile lists twice`,
    { remedy: "bench run --model measures the file" },
  );
}
