import type { NetworkContext } from "../block-context.ts";
import type { GraphBuilder } from "../graph-builder.ts";
import { layersAt } from "../layers.ts";
import type { Node } from "../network.ts";
import type { SePlace } from "../se.ts";

/** What a family of networks says of itself. */
export interface Family<Row> {
  /** Stages that have blocks, as its article counts them, ascending. */
  stages(row: Row): readonly number[];
  /** Where SE can stand in its blocks. */
  readonly places: readonly SePlace[];
  /** From the image to the last feature map. */
  trunk(row: Row, context: NetworkContext): Node;
  readonly head: Head;
}

/** From the last feature map to the logits. */
export type Head = (builder: GraphBuilder, map: Node, classes: number) => Node;

/** Global average pooling and a dense layer, whose parameters are named after `prefix`. */
export function pooledHead(prefix: string): Head {
  return (builder, map, classes) => {
    const head = layersAt(builder, { role: "head" });
    const pooled = head.apply("globalAvgPool", [map], "pool");
    const features = head.apply("flatten", [pooled], "flatten");
    return head.dense(features, { units: classes, bias: true, local: "fc", prefix });
  };
}

/** Of a family whose blocks have no sum. */
export const onlyStandard: readonly SePlace[] = ["standard"];

/** Consecutive numbers, as many as there are stages. */
export function countedFrom(first: number, blocks: readonly number[]): number[] {
  return blocks.map((_, index) => first + index);
}
