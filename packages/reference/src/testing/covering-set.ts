import {
  buildNetwork,
  countParameters,
  type Network,
  type Node,
  parseNetworkName,
  rowOf,
} from "@sebench/spec";

/** Whether `SEBENCH_TESTS=all` asks for whole products of networks and engines, as CI does. */
export const testsAll = process.env["SEBENCH_TESTS"] === "all";

/** A network at a size, which a test of a product is about. */
export interface Sized {
  readonly name: string;
  readonly imageSize: number;
}

/**
 * Chooses the cases that have a trait which no smaller one has, or all cases where `testsAll`. What
 * an engine or the oracle can get wrong is an operator in one of its forms, a family's way to join
 * them, a layout, or an option of SE. Another depth or width of the same network repeats what is
 * tested.
 */
export function coveringSet<Case>(
  cases: readonly Case[],
  networkOf: (given: Case) => Sized,
): readonly Case[] {
  if (testsAll) return cases;
  const sized = cases.map((given) => {
    const { name, imageSize } = networkOf(given);
    const network = buildNetwork(name, { imageSize });
    return { given, size: countParameters(network), traits: traitsOf(name, network) };
  });
  const covered = new Set<string>();
  const kept = new Set<Case>();
  for (const { given, traits } of sized.toSorted((a, b) => a.size - b.size)) {
    if (traits.every((trait) => covered.has(trait))) continue;
    for (const trait of traits) covered.add(trait);
    kept.add(given);
  }
  return cases.filter((given) => kept.has(given));
}

/** The covering set of networks that are given as pairs of a name and a size. */
export function coveringNetworks(
  networks: readonly (readonly [name: string, imageSize: number])[],
): readonly (readonly [name: string, imageSize: number])[] {
  return coveringSet(networks, ([name, imageSize]) => ({ name, imageSize }));
}

function traitsOf(name: string, network: Network): string[] {
  const { model, se, layout } = parseNetworkName(name);
  const row = rowOf(model);
  const family = "block" in row ? `${row.family} of ${row.block} blocks` : row.family;
  const options = Object.entries(se ?? {}).map(([key, value]) => `${key} is ${String(value)}`);
  const shapes = new Map(network.nodes.map((node) => [node.name, node.shape]));
  const forms = network.nodes.map((node) => formOf(node, shapes.get(node.inputs[0] ?? "")));
  return [
    `${family} ${se ? "with" : "without"} SE`,
    `${family} as ${layout}`,
    ...options,
    ...forms,
  ];
}

/** The form of an operator, as far as an engine treats its forms in different ways. */
function formOf({ op, parameters }: Node, input: Node["shape"] | undefined): string {
  switch (op.kind) {
    case "conv2d":
    case "gatedConv2d": {
      const width = parameters.weight!.shape[1]!;
      const groups = op.groups === 1 ? "whole" : width === 1 ? "depthwise" : "in groups";
      return `${op.kind} ${op.kernel} by ${op.stride} ${groups}, bias ${"bias" in parameters}`;
    }
    case "maxPool":
    case "avgPool": {
      const { kernel, stride, pads, ceil } = op;
      const room = input!.length === 3 ? input![1] + pads[0] + pads[2] - kernel[0] : 0;
      return `${op.kind} ${kernel} by ${stride}, pads ${pads}, hangs ${ceil && room % stride[0] > 0}`;
    }
    default:
      return op.kind;
  }
}
