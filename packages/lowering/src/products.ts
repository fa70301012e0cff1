import type { Network, Node } from "@sebench/spec";
import type { Scope } from "./lowering.ts";

/** A product of a map and its gate, as a block scales what it has computed. */
export interface Product {
  readonly node: Node;
  /** The names of what is multiplied. */
  readonly map: string;
  readonly gate: string;
}

export function productsIn({ nodes }: Network, scope: Scope): Product[] {
  return nodes
    .filter(({ role, op, stage }) => role === "scale" && op.kind === "mul" && scope.includes(stage))
    .map((node) => ({ node, map: node.inputs[0]!, gate: node.inputs[1]! }));
}

/** The node's name with another last part: `stage2/block0/scale/resize`. */
export function beside({ name }: Node, local: string): string {
  return `${name.slice(0, name.lastIndexOf("/") + 1)}${local}`;
}
