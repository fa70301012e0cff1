import type { Shard } from "@sebench/cli";
import type { BrowserOptions, Target } from "@sebench/hosts";
import type { AskedWeights, PairChoice } from "@sebench/pairs";
import type { EngineOptions } from "@sebench/runtime";
import type { Selection } from "./case-plan.ts";
import { defaultSeed, type ProfileName } from "./profile.ts";

/** The flags of `run`, checked. */
export interface RunOptions {
  /** Null where none was named: `quick`, or that of the run to go on with. */
  readonly profile: ProfileName | null;
  readonly targets: readonly Target[];
  /** Whether `--runtime` named them: one that is not available then fails the run. */
  readonly targetsNamed: boolean;
  readonly selection: Selection;
  readonly weights: AskedWeights;
  readonly threads: number | null;
  /** False where NVIDIA's libraries must not round to TF32; true for the engine's own default. */
  readonly tf32: boolean;
  readonly timeoutSeconds: number | null;
  /** Null where none was given: 1, or that of the run to go on with. */
  readonly seed: number | null;
  readonly shard: Shard | null;
  readonly resume: string | null;
  readonly out: string | null;
  /** Whether what a target needs and this machine lacks may be fetched. */
  readonly fetch: boolean;
  readonly browser: BrowserOptions;
}

/** The part that an engine is loaded with. */
export function engineOptionsOf({ threads, tf32 }: RunOptions): EngineOptions {
  return { threads, tf32 };
}

/** The part that a pair is opened with. */
export function pairChoiceOf({ weights, selection, seed }: RunOptions): PairChoice {
  return { weights, imageSize: selection.imageSize, seed: seed ?? defaultSeed };
}
