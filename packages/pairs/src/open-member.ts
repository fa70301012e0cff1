import { fashionMnistNormalisation } from "@sebench/datasets";
import type { WeightsFile } from "@sebench/results";
import {
  buildNetwork,
  inputShape,
  plainName,
  seName,
  weightsTagOf,
  withLayout,
} from "@sebench/spec";
import { contentHash, seededWeights } from "@sebench/weights";
import { describeCheckpoint, readCheckpointFile } from "./checkpoint-file.ts";
import { chooseLayout } from "./checkpoint-layout.ts";
import { type BuiltMember, memberFrom } from "./member.ts";
import { isTrained, readTrainedMember, shippedWeights } from "./trained-weights.ts";

/** The origin of one member's weights. */
export type MemberOrigin =
  | { readonly kind: "seeded"; readonly seed: number }
  /** The weights ship, and are trained on a dataset. */
  | { readonly kind: "trained"; readonly dataset: string }
  | { readonly kind: "checkpoint"; readonly file: WeightsFile };

/** The images that a member's weights are made for. */
export interface Preprocessing {
  /** The side of an image in pixels. */
  readonly size: number;
  /** The mean of red, green and blue in 0..1, or null where the weights do not tell it. */
  readonly mean: readonly number[] | null;
  /** The standard deviation of red, green and blue, or null where the weights do not tell it. */
  readonly deviation: readonly number[] | null;
}

/** One network with the weights that a run of its pair has. */
export interface OpenedMember extends BuiltMember {
  readonly origin: MemberOrigin;
  /** The SHA-256 of the weights' values, in hexadecimal. */
  readonly hash: string;
  readonly preprocessing: Preprocessing;
  /** What was chosen without being asked for, in lines for a person. */
  readonly notes: readonly string[];
}

export interface MemberChoice {
  /** The layout, or null where the name or the keys of the weights' file say it. */
  readonly layout: string | null;
  /** The weights: a file, seeded ones, or those that ship, which are seeded where none ship. */
  readonly weights:
    | { readonly kind: "shipped" | "seeded" }
    | { readonly kind: "file"; readonly path: string; readonly prefix: string | null };
  /** The seed of seeded weights. */
  readonly seed: number;
  /** The side of an image in pixels, or null for the network's own. */
  readonly imageSize: number | null;
}

/**
 * Opens one network with the weights that `bench run` and `bench eval` would give it: trained ones
 * where those of its pair ship.
 */
export async function openMember(name: string, choice: MemberChoice): Promise<OpenedMember> {
  const { layout, weights } = choice;
  const asked = layout === null ? name : withLayout(name, layout);
  // What is wrong with the name is told before a large file is read.
  const size = choice.imageSize === null ? {} : { imageSize: choice.imageSize };
  const network = buildNetwork(asked, size);
  const [, side] = inputShape(network);
  if (weights.kind === "file") {
    const file = await readCheckpointFile(weights);
    const chosen = chooseLayout(name, file, layout);
    return describe(memberFrom(file, chosen.network, choice.imageSize), {
      origin: { kind: "checkpoint", file: describeCheckpoint(file) },
      notes: [...file.notes, ...(chosen.note === null ? [] : [chosen.note])],
    });
  }
  const tag = weightsTagOf(name);
  const notes = tag === null ? [] : [untakenTag(tag)];
  const pair = { plain: plainName(network.name), network: seName(network.name), imageSize: side };
  if (weights.kind === "shipped" && isTrained(pair)) {
    const { dataset } = shippedWeights(network.name, side);
    return describe(await readTrainedMember(network.name, side), {
      origin: { kind: "trained", dataset },
      notes,
    });
  }
  return describe(
    { network, weights: seededWeights(network, choice.seed) },
    { origin: { kind: "seeded", seed: choice.seed }, notes },
  );
}

/** What a person should know who named published weights, and gave no file of them. */
export function untakenTag(tag: string): string {
  return `the tag .${tag} names weights, which nothing here fetches: give their file with --weights`;
}

async function describe(
  built: BuiltMember,
  { origin, notes }: Pick<OpenedMember, "origin" | "notes">,
): Promise<OpenedMember> {
  const [, size] = inputShape(built.network);
  const known = origin.kind === "trained" ? fashionMnistNormalisation : null;
  return {
    ...built,
    origin,
    notes,
    hash: await contentHash(built.weights),
    preprocessing: {
      size,
      mean: known && [...known.mean],
      deviation: known && [...known.deviation],
    },
  };
}

/** The origin of one member's weights, in words. */
export function describeOrigin(origin: MemberOrigin): string {
  switch (origin.kind) {
    case "seeded":
      return `seeded with ${origin.seed}: they have learned nothing`;
    case "trained":
      return `trained on ${origin.dataset}`;
    case "checkpoint":
      return `of ${origin.file.name}, file SHA-256 ${origin.file.sha256}`;
  }
}

/** The images that a member's weights are made for, in words. */
export function describePreprocessing({ size, mean, deviation }: Preprocessing): string {
  const told =
    mean === null || deviation === null
      ? "mean and deviation are not told by the weights"
      : `RGB in 0..1 less the mean ${mean.join(", ")}, by the deviation ${deviation.join(", ")}`;
  return `${size} px, ${told}`;
}
