import type { LoweringName } from "@sebench/lowering";
import type { PairedRatio } from "@sebench/measure";

/** What became of a recipe in a race, beside the one that was the best until then. */
export type Standing =
  | ({ readonly lowering: LoweringName; readonly ok: true } & PairedRatio)
  | { readonly lowering: LoweringName; readonly ok: false; readonly reason: string };

/** One race of a search, and what followed from it. */
export interface TraceStep {
  /** `opening`, `all stages`, `stage 3` or `final`. */
  readonly where: string;
  readonly incumbent: LoweringName;
  readonly standings: readonly Standing[];
  /** What goes on: the field of the next race, or the one that was chosen. */
  readonly chosen: readonly LoweringName[];
  readonly why: string;
  /** Since the search began. */
  readonly elapsedMs: number;
}
