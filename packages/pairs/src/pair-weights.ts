import { resolve } from "node:path";
import {
  describeWeights,
  ran,
  type RunRecord,
  sameWeights,
  type WeightsOrigin,
} from "@sebench/results";
import { classesOf, InputError, parseNetworkName, plainName } from "@sebench/spec";
import { contentHash } from "@sebench/weights";
import { type CheckpointFile, describeCheckpoint, readCheckpointFile } from "./checkpoint-file.ts";
import { chooseLayout } from "./checkpoint-layout.ts";
import { type BuiltMember, memberFrom, plainCounterpart } from "./member.ts";
import type { WeightsSource, PairAtSize } from "./pair.ts";
import { isTrained, readTrainedMember, shippedWeights } from "./trained-weights.ts";

/** The paths of files of published weights, as the person gave them. */
export interface CheckpointPaths {
  /** The file of the member with SE. */
  readonly se: string;
  /** The file of the plain member, or null where it takes the tensors that both members have. */
  readonly plain: string | null;
  /** The prefixes of the keys that are read, separated by commas, or null for all keys. */
  readonly prefix: string | null;
}

/** The weights that a person asks for. */
export type AskedWeights =
  /** Trained weights for the pairs for which they ship, and seeded weights for the others. */
  | { readonly kind: "shipped" }
  | { readonly kind: "seeded" }
  | { readonly kind: "files"; readonly paths: CheckpointPaths };

/** The word that `--weights` takes instead of a file; a file of that name is `./seeded`. */
export const seededWord = "seeded";

/** The weights of a pair, as a job and as a record need them. */
export interface PairWeights {
  /** The way by which a job gets the weights. */
  readonly source: WeightsSource;
  /** What a record says of the weights. */
  readonly origin: WeightsOrigin;
}

/** Gives the weights of each pair of a run. */
export type RunWeights = (pair: PairAtSize) => Promise<PairWeights>;

export function seededRun(seed: number): RunWeights {
  const seeded = { kind: "seeded", seed } as const;
  return async () => ({ source: seeded, origin: seeded });
}

/** Gives trained weights for the pairs for which they ship, and seeded weights for the others. */
export function shippedRun(seed: number): RunWeights {
  const seeded = seededRun(seed);
  return (pair) => (isTrained(pair) ? trainedPair(pair) : seeded(pair));
}

/** Gives the trained weights of a pair for which `isTrained` holds. */
export async function trainedPair({ plain, network, imageSize }: PairAtSize): Promise<PairWeights> {
  const { dataset } = shippedWeights(network, imageSize);
  const hashOf = async (name: string) =>
    contentHash((await readTrainedMember(name, imageSize)).weights);
  const hash = { plain: await hashOf(plain), se: await hashOf(network) };
  return { source: { kind: "trained" }, origin: { kind: "trained", dataset, hash } };
}

/** A pair whose weights come from files. */
export interface OpenedCheckpoint extends PairWeights {
  /**
   * The name of the member with SE, in the layout that its name states or its file's keys imply.
   */
  readonly network: string;
  /** What was chosen without being asked for, such as a layout, in lines for a person. */
  readonly notes: readonly string[];
}

/**
 * Reads files of weights before any case needs them. Throws an `InputError` unless both members can
 * be built from them.
 */
export async function openCheckpoint(
  paths: CheckpointPaths,
  network: string,
  imageSize: number | null,
): Promise<OpenedCheckpoint> {
  const file = await readCheckpointFile({ path: paths.se, prefix: paths.prefix });
  const chosen = chooseLayout(network, file);
  const notes = [...file.notes, ...(chosen.note === null ? [] : [chosen.note])];
  const se = memberFrom(file, chosen.network, imageSize);
  const plain =
    paths.plain === null
      ? null
      : await readCheckpointFile({ path: paths.plain, prefix: paths.prefix });
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
      prefix: paths.prefix,
    },
    origin: { kind: "checkpoint", files },
  };
}

/**
 * Checks that the file of the plain member suits its counterpart with SE.
 *
 * @returns what a person should know of the file, in lines
 */
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

/** The way to ask for the weights that a run was started with, by their origin. */
const remedies: Readonly<Record<WeightsOrigin["kind"], string>> = {
  seeded: `give --weights ${seededWord}`,
  trained: "leave --weights out",
  checkpoint: "give the same --weights",
  model: "give the same --model",
};

/** Throws an `InputError` where a resumed run has other weights than are asked for. */
export async function requireSameWeights(
  { cases }: RunRecord,
  asked: RunWeights,
  folder: string,
): Promise<void> {
  for (const record of cases) {
    // The id of a model's case has the hash of its file.
    if (!ran(record) || record.weights.kind === "model") continue;
    const { origin } = await asked(record);
    if (sameWeights(record.weights, origin)) continue;
    const [had, now] = [describeWeights(record.weights), describeWeights(origin)];
    throw new InputError(`the run in ${folder} was started with weights ${had}, not ${now}`, {
      remedy: `${remedies[record.weights.kind]}, or start a new run, with another --out`,
    });
  }
}
