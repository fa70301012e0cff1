import type { EngineSubject } from "../engine-subject.ts";

/** The same for every trial. */
export interface TrialConditions {
  readonly subject: EngineSubject;
  /** For base and head together, opening their sessions and warming up included. */
  readonly budgetMs: number;
  /** What a run of the base takes. */
  readonly runMs: number;
}

/** One comparison of a base with a head that is known to be slower. */
export interface Trial extends TrialConditions {
  /** 0.02 for a head whose runs are 2 % slower; 0 for one that does the same as the base. */
  readonly slowdown: number;
  readonly seed: number;
}

/** What a tool says of one trial by one of its rules. */
export interface Finding {
  readonly head: "slower" | "faster" | "neither";
  /** The head's time by the base's, as the tool estimates it. */
  readonly ratio: number;
}

export interface ComparisonTool {
  readonly name: string;
  /** When it says that the head is slower; "faster" is the mirror image. */
  readonly rules: readonly string[];
  /** Why it cannot be run here; null where it can. */
  readonly unavailable: string | null;
  /** Gives one finding for each rule. */
  compare(trial: Trial): Promise<readonly Finding[]>;
  /** What the reader of its rows must know, from all of its trials; null where that is nothing. */
  note?(outcomes: readonly Compared[]): string | null;
}

/** A tool's trial that was completed. */
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

/** Of a share: `0.5 %`. */
export function percentOf(share: number): string {
  return `${Number((100 * share).toFixed(4))} %`;
}

/** From the ends between which the ratio lies by a tool's rule. */
export function headOf(low: number, high: number): Finding["head"] {
  if (low > 1) return "slower";
  return high < 1 ? "faster" : "neither";
}
