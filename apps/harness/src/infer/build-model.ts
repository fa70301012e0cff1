import { classesOf, withGatesAsOutput } from "@sebench/spec";
import { withFixedGates } from "@sebench/weights";
import type { Member } from "@sebench/measure";
import { buildMember } from "../build-pair.ts";
import type { BuiltMember } from "../checkpoint-member.ts";
import type { PairDescription } from "../job.ts";

/** A member of a pair, and what becomes of its gates. */
export interface ModelDescription {
  readonly pair: Pick<PairDescription, "networks" | "imageSize" | "weights">;
  readonly member: Member;
  /** `gates` gives the values of all gates before the logits. */
  readonly output: "logits" | "gates";
  /** Values `[channels]` that gates have for every image, by the names of their nodes. */
  readonly fixedGates: Readonly<Record<string, Float32Array>>;
}

export interface BuiltModel extends BuiltMember {
  /** Of the logits, which end each row. */
  readonly classes: number;
}

export async function buildModel(description: ModelDescription): Promise<BuiltModel> {
  const { pair, member, output, fixedGates } = description;
  const built = await buildMember(pair, member);
  const fixed = new Map(Object.entries(fixedGates));
  const { network, weights } =
    fixed.size === 0 ? built : withFixedGates(built.network, built.weights, fixed);
  const classes = classesOf(network);
  return { network: output === "gates" ? withGatesAsOutput(network) : network, weights, classes };
}
