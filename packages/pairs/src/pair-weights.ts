import { resolve } from "node:path";
import { describeWeights, type RunRecord, sameWeights, type WeightsOrigin } from "@sebench/results";
import { classesOf, InputError, parseNetworkName, plainName } from "@sebench/spec";
import { contentHash } from "@sebench/weights";
import { type CheckpointFile, describeCheckpoint, readCheckpointFile } from "./checkpoint-file.ts";
import { chooseLayout } from "./checkpoint-layout.ts";
import { type BuiltMember, memberFrom, plainCounterpart } from "./member.ts";
import type { WeightsSource, PairAtSize } from "./pair.ts";
import { isTrained, readTrainedMember, shippedWeights } from "./trained-weights.ts";

/** Files of published weights, as they were given. */
export interface CheckpointPaths {
  /** Of the member with SE. */
  readonly se: string;
  /** Null where the plain member has the tensors that both have. */
  readonly plain: string | null;
}

/** Which weights are asked for. */
export type AskedWeights =
  /** Trained ones of the pairs for which they ship, and seeded ones of the others. */
  | { readonly kind: "shipped" }
  | { readonly kind: "seeded" }
  | { readonly kind: "files"; readonly paths: CheckpointPaths };

/** What `--weights` takes instead of a file; a file of that name is `./seeded`. */
export const seededWord = "seeded";

/** The weights of a pair. */
export interface PairWeights {
  /** How a job comes by them. */
  readonly source: WeightsSource;
  /** What a record says of them. */
  readonly origin: WeightsOrigin;
}

/** The weights of each pair of a run. */
export type RunWeights = (pair: PairAtSize) => Promise<PairWeights>;

export function seededRun(seed: number): RunWeights {
  const seeded = { kind: "seeded", seed } as const;
  return async () => ({ source: seeded, origin: seeded });
}

/** Trained weights of the pairs for which they ship, and seeded ones of the others. */
export function shippedRun(seed: number): RunWeights {
  const seeded = seededRun(seed);
  return (pair) => (isTrained(pair) ? trainedPair(pair) : seeded(pair));
}

/** The trained weights of a pair for which `isTrained` holds. */
export async function trainedPair({ plain, network, imageSize }: PairAtSize): Promise<PairWeights> {
  const { dataset } = shippedWeights(network, imageSize);
  const hashOf = async (name: string) =>
    contentHash((await readTrainedMember(name, imageSize)).weights);
  const hash = { plain: await hashOf(plain), se: await hashOf(network) };
  return { source: { kind: "trained" }, origin: { kind: "trained", dataset, hash } };
}

/** A pair that files of weights were given for. */
export interface OpenedCheckpoint extends PairWeights {
  /** The member with SE, in the layout that its name or its file's keys say. */
  readonly network: string;
  /** What was chosen without being asked for, such as a layout: a line each, for a person. */
  readonly notes: readonly string[];
}

/**
 * Reads files of weights, before any case needs them. Throws an `InputError` unless both members can be built from them.
 */
export async function openCheckpoint(
  paths: CheckpointPaths,
  network: string,
  imageSize: number | null,
): Promise<OpenedCheckpoint> {
  const file = await readCheckpointFile(paths.se);
  const chosen = chooseLayout(network, file.keys);
  const notes = chosen.note === null ? [] : [chosen.note];
  const se = memberFrom(file, chosen.network, imageSize);
  const plain = paths.plain === null ? null : await readCheckpointFile(paths.plain);
  if (plain === null) plainCounterpart(se, imageSize);
  else notes.push(...requirePlain(plain, se, imageSize));
  const files = {
    se: describeCheckpoint(file),
    plain: plain === null ? null : describeCheckpoint(plain),
  };
  return {
    network: chosen.network,
    notes,
    source: {
      kind: "checkpoint",
      se: resolve(paths.se),
      plain: paths.plain === null ? null : resolve(paths.plain),
    },
    origin: { kind: "checkpoint", files },
  };
}

/** @returns What a person should know of the plain member's file. */
function requirePlain(file: CheckpointFile, se: BuiltMember, imageSize: number | null): string[] {
  const plain = memberFrom(file, plainName(se.network.name), imageSize);
  const [own, other] = [classesOf(plain.network), classesOf(se.network)];
  if (own !== other) {
    throw new InputError(`${file.path} has ${own} classes, and its counterpart with SE ${other}`, {
      remedy: "give files of two networks that were trained on the same classes",
    });
  }
  const { layout } = parseNetworkName(plain.network.name);
  if (layout !== "timm-legacy" || file.keys === "legacy") return [];
  return [`${file.path} has no legacy keys; it is run in layout=${layout} as its counterpart`];
}

/** How to ask for the weights that a run was started with. */
const remedies: Readonly<Record<WeightsOrigin["kind"], string>> = {
  seeded: `give --weights ${seededWord}`,
  trained: "leave --weights out",
  checkpoint: "give the same --weights",
};

/** Throws an `InputError` where a run that goes on has other weights than are asked for. */
export async function requireSameWeights(
  { cases }: RunRecord,
  asked: RunWeights,
  folder: string,
): Promise<void> {
  for (const record of cases) {
    if (record.status !== "ok") continue;
    const { origin } = await asked(record);
    if (sameWeights(record.weights, origin)) continue;
    const [had, now] = [describeWeights(record.weights), describeWeights(origin)];
    throw new InputError(`the run in ${folder} was started with weights ${had}, not ${now}`, {
      remedy: `${remedies[record.weights.kind]}, or start a new run, with another --out`,
    });
  }
}
