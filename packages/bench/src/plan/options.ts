import type { Shard } from "@sebench/cli";
import type { PreprocessingChoice } from "@sebench/datasets";
import type { BrowserOptions, Target } from "@sebench/hosts";
import type { InputSizes } from "@sebench/models";
import type { AskedWeights, PairChoice } from "@sebench/pairs";
import type { ScenarioRequest } from "@sebench/results";
import type { EngineOptions } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import type { Selection } from "./case-plan.ts";
import { defaultSeed, type ProfileName } from "./profile.ts";

/** The models' files that the command line names. */
export interface ModelRequest {
  readonly paths: readonly string[];
  /** The sizes of their inputs, by name. */
  readonly sizes: InputSizes;
  readonly inputs: AskedInputs;
}

/** What the runs of models are given: seeded inputs, the arrays of files, or a folder's images. */
export type AskedInputs =
  | { readonly kind: "seeded" }
  | { readonly kind: "files"; readonly paths: readonly string[] }
  | {
      readonly kind: "images";
      readonly folder: string;
      readonly preprocessing: PreprocessingChoice;
    };

/** The flags of `run`, checked. */
export interface RunOptions {
  /** The profile, or null where none was named: `quick`, or the profile of the run to resume. */
  readonly profile: ProfileName | null;
  readonly targets: readonly Target[];
  /** Whether `--runtime` named the targets; a named one that is not available fails the run. */
  readonly targetsNamed: boolean;
  readonly selection: Selection;
  /** The models' files that are measured, or null where none were named. */
  readonly models: ModelRequest | null;
  readonly weights: AskedWeights;
  readonly threads: number | null;
  /**
   * Whether NVIDIA's libraries may round to TF32: false forbids it, true leaves the engine's
   * default.
   */
  readonly tf32: boolean;
  readonly timeoutSeconds: number | null;
  /** The fresh starts of each member, or null where the profile chooses; 0 makes none. */
  readonly starts: number | null;
  /** The scenarios of a server, which are left out where none was asked for. */
  readonly scenarios?: ScenarioRequest;
  /** The seed, or null where none was given: 1, or the seed of the run to resume. */
  readonly seed: number | null;
  readonly shard: Shard | null;
  readonly resume: string | null;
  readonly out: string | null;
  /** Whether what a target needs and this machine lacks may be fetched. */
  readonly fetch: boolean;
  readonly browser: BrowserOptions;
}

/** The part of the options that an engine is loaded with. */
export function engineOptionsOf({ threads, tf32 }: RunOptions): EngineOptions {
  return { threads, tf32 };
}

/**
 * The part of the options that a pair is opened with.
 *
 * @throws InputError where several sizes are asked for
 */
export function pairChoiceOf({ weights, selection, seed }: RunOptions): PairChoice {
  const [imageSize = null, ...others] = selection.imageSizes ?? [];
  if (others.length > 0) {
    throw new InputError(`--size names ${others.length + 1}, and this looks at one at a time`, {
      remedy: `give one, such as --size ${imageSize}`,
    });
  }
  return { weights, imageSize, seed: seed ?? defaultSeed };
}
