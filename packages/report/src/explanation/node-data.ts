import type { ExplanationRecord } from "@sebench/results";
import { oneLine } from "@sebench/spec";
import { jsonFile, requireKernels } from "./trace.ts";

/** The data of the nodes of one graph, as Model Explorer reads it from a file. */
interface NodeData {
  /** The name by which Model Explorer offers the data. */
  readonly name: string;
  /** The milliseconds of each node, by the node's name in the exported ONNX file. */
  readonly results: Readonly<Record<string, { readonly value: number }>>;
  /** The colours between the least value, 0, and the greatest, 1. */
  readonly gradient: readonly { readonly stop: number; readonly bgColor: string }[];
}

/**
 * The text of a file with the time of each node of the network with SE, for the graph that `bench export` writes of it with
 * the same lowering. Several kernels of one node count together, a node that the engine has fused
 * into another has no time of its own, and the kernels of no node are left out.
 *
 * @throws InputError for a record of before kernels were kept
 */
export function explanationNodeData(record: ExplanationRecord): string {
  const { kernels } = requireKernels(record);
  const byNode = new Map<string, number>();
  for (const { of, ms } of kernels.se) {
    if (of !== null) byNode.set(of, (byNode.get(of) ?? 0) + ms);
  }
  const data: NodeData = {
    name: `${record.network} on ${record.runtime}, ms`,
    results: Object.fromEntries(
      Array.from(byNode, ([node, ms]) => [oneLine(node), { value: Number(ms.toFixed(6)) }]),
    ),
    gradient: [
      { stop: 0, bgColor: "#ffffff" },
      { stop: 1, bgColor: "#d55e00" },
    ],
  };
  return jsonFile(data);
}
