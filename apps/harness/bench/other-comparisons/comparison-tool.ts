import type { EngineSubject } from "../engine-subject.ts";

/** The conditions that all trials share. */
export interface TrialConditions {
  readonly subject: EngineSubject;
  /**
   * The time for base and head together, their opening and warming up included, in milliseconds.
   */
  readonly budgetMs: number;
  /** The time that a run of the base takes, in milliseconds. */
  readonly runMs: number;
}

/** One comparison of a base with a head that is known to be slower. */
export interface Trial extends TrialConditions {
  /**
   * The slowdown as a fraction: 0.02 for a head whose runs are 2 % slower, 0 for a head that does
   * the same as the base.
   */
  readonly slowdown: number;
  readonly seed: number;
}

/** What a tool says of one trial by one of its rules. */
export interface Finding {
  readonly head: "slower" | "faster" | "neither";
  /** The head's time relative to the base's, as the tool estimates it. */
  readonly ratio: number;
}

export interface ComparisonTool {
  readonly name: string;
  /**
   * The conditions under which the tool says that the head is slower; "faster" is the mirror image.
   */
  readonly rules: readonly string[];
  /** The reason why the tool cannot be run here, or null where it can. */
  readonly unavailable: string | null;
  /** Gives one finding for each rule. */
  compare(trial: Trial): Promise<readonly Finding[]>;
  /**
   * What a reader of the tool's rows must know, from all of its trials, or null where that is
   * nothing.
   */
  note?(outcomes: readonly Compared[]): string | null;
}

/** A trial of a tool that was completed. */
export interface Compared {
  readonly kind: "compared";
  readonly tool: string;
  readonly slowdown: number;
  readonly seconds: number;
  readonly findings: readonly Finding[];
}

export type Outcome =
  | Compared
  | {
      readonly kind: "failed";
      readonly tool: string;
      readonly slowdown: number;
      readonly reason: string;
    };

/** A share in words, such as `0.5 %`. */
export function percentOf(share: number): string {
  return `${Number((100 * share).toFixed(4))} %`;
}

/** The finding from the ends between which the ratio lies by a tool's rule. */
export function headOf(low: number, high: number): Finding["head"] {
  if (low > 1) return "slower";
  return high < 1 ? "faster" : "neither";
}
