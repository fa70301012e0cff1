import type { Shard } from "@sebench/cli";
import type { BrowserOptions, Target } from "@sebench/hosts";
import type { AskedWeights, PairChoice } from "@sebench/pairs";
import type { EngineOptions } from "@sebench/runtime";
import type { Selection } from "./case-plan.ts";
import { defaultSeed, type ProfileName } from "./profile.ts";

/** The flags of `run`, checked. */
export interface RunOptions {
  /** The profile, or null where none was named: `quick`, or the profile of the run to resume. */
  readonly profile: ProfileName | null;
  readonly targets: readonly Target[];
  /** Whether `--runtime` named the targets; a named one that is not available fails the run. */
  readonly targetsNamed: boolean;
  readonly selection: Selection;
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

/** The part of the options that a pair is opened with. */
export function pairChoiceOf({ weights, selection, seed }: RunOptions): PairChoice {
  return { weights, imageSize: selection.imageSize, seed: seed ?? defaultSeed };
}
