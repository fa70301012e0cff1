import type { Node } from "@sebench/spec";
import type { KernelMean } from "./profiled-replica.ts";

/**
 * The purposes of kernels. `fusions` are kernels outside SE that the other member
 * does not run in that form, since one of the members has fused them with others;
 * `trunk` are the kernels that both members run; `other` are the kernels that the
 * engine has made of no node.
 */
export const kernelParts = [
  "squeeze",
  "excite",
  "scale",
  "fusions",
  "layout",
  "copies",
  "trunk",
  "other",
] as const;
export type KernelPart = (typeof kernelParts)[number];

/** A kernel with its part and its place in the network. */
export interface PlacedKernel extends KernelMean {
  readonly part: KernelPart;
  /** The name of the network's node that the kernel computes, or null for one of no node. */
  readonly of: string | null;
  /**
   * The stage of the kernel's node, or of the node that ran before it; null outside the stages. Of a
   * model's file it is the number of the SE block, from 1 on.
   */
  readonly stage: number | null;
  /** The block of the kernel's node, or of the node that ran before it; null outside the blocks. */
  readonly block: number | null;
}

/** A node by whose name its kernels are known: one of a network, or of a model's file. */
interface NamedNode extends Pick<Node, "name" | "role" | "stage" | "block"> {
  /** The operation, of a node of a network. */
  readonly op?: Pick<Node["op"], "kind">;
  /** Other names that the node's kernels may have in theirs. */
  readonly aliases?: readonly string[];
}

/** The nodes of a member as it was run. */
export interface NamedNodes {
  readonly nodes: readonly NamedNode[];
}

/** The operators that bring values into another order, as engines name them. */
const layoutOps = /^(?:ReorderInput|ReorderOutput|Transpose)/;
/**
 * The operators that give values as they are, in another shape, type or place, as engines
 * name them.
 */
const copyOps =
  /^(?:Reshape|Flatten|Squeeze|Unsqueeze|Identity|Cast|Memcpy|MemcpyFromHost|MemcpyToHost)$/;

/**
 * Gives each kernel of one member its part.
 *
 * @param kernels The kernels of the member, in the order in which they ran.
 * @param other The kernels of the other member.
 */
export function placeKernels(
  kernels: readonly KernelMean[],
  network: NamedNodes,
  other: readonly KernelMean[],
): PlacedKernel[] {
  const names = new NodeNames(network);
  const shared = new Map<string, number>();
  for (const kernel of other) {
    const form = names.formOf(kernel);
    shared.set(form, (shared.get(form) ?? 0) + 1);
  }
  let place: Pick<Node, "stage" | "block"> = { stage: null, block: null };
  return kernels.map((kernel) => {
    const node = names.nodeOf(kernel);
    if (node !== null) place = { stage: node.stage, block: node.block };
    const form = names.formOf(kernel);
    const left = shared.get(form) ?? 0;
    shared.set(form, left - 1);
    const part = partOf(kernel, node, left > 0);
    return Object.assign({ part, of: node?.name ?? null }, place, kernel);
  });
}

function partOf(
  { op, node: name }: KernelMean,
  node: NamedNode | null,
  shared: boolean,
): KernelPart {
  if (layoutOps.test(op)) return "layout";
  if (copyOps.test(op)) return "copies";
  if (node === null) return "other";
  switch (node.role) {
    case "squeeze":
    case "excite":
    case "scale":
      return node.role;
    case "stem":
    case "trunk":
    case "head":
      // The kernels that apply the gate to a convolution's weights have names below the
      // convolution's.
      if (node.op?.kind === "gatedConv2d" && name.includes(`${node.name}/`)) return "scale";
      return shared ? "trunk" : "fusions";
  }
}

/** The nodes of a network, found by the names of kernels. */
class NodeNames {
  readonly #longestFirst: readonly (readonly [name: string, node: NamedNode])[];
  readonly #found = new Map<string, NamedNode | null>();

  constructor({ nodes }: NamedNodes) {
    this.#longestFirst = nodes
      .filter(({ op }) => op?.kind !== "input")
      .flatMap((node) => [node.name, ...(node.aliases ?? [])].map((name) => [name, node] as const))
      .toSorted(([one], [other]) => other.length - one.length);
  }

  /**
   * The node with the longest name that is in the kernel's name, since engines put marks
   * around it.
   */
  nodeOf({ node }: KernelMean): NamedNode | null {
    if (!this.#found.has(node)) {
      const found = this.#longestFirst.find(([name]) => node.includes(name));
      this.#found.set(node, found?.[1] ?? null);
    }
    return this.#found.get(node)!;
  }

  /** The form of a kernel: kernels of one form do the same work on the same node. */
  formOf(kernel: KernelMean): string {
    return `${this.nodeOf(kernel)?.name ?? ""} ${kernel.op} ${kernel.inputs}`;
  }
}
