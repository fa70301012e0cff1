/** The schema of an optimization. */
export const optimizationVersion = "sebench-optimization/1";

/** A ratio of times, 0.9 for a tenth less, with its 95 % interval, or null where there is none. */
export interface TimedRatio {
  readonly ratio: number;
  readonly interval: readonly [number, number] | null;
}

/** What became of one pass over a model. */
export interface PassRecord {
  readonly pass: string;
  /**
   * `kept` where the pass is in the file that was written, `slower` where no gain was shown, `failed`
   * where the rewritten file did not run or gave something else, `nothing` where no place was
   * rewritten.
   */
  readonly outcome: "kept" | "slower" | "failed" | "nothing";
  /** The number of places that were rewritten. */
  readonly places: number;
  /** The time with the pass to that without it, from the last race, or null without a race. */
  readonly gain: TimedRatio | null;
  /** Why the pass failed, in words, or null. */
  readonly reason: string | null;
  /** The places that were left as they are, with the reason of each. */
  readonly refused: readonly { readonly at: string; readonly why: string }[];
}

/** A file before or after: its size, its nodes, and the median of its runs. */
export interface OptimizedFile {
  readonly file: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly nodes: number;
  readonly medianMs: number;
}

/** What `bench optimize` did to a model. */
export interface Optimization {
  readonly schema: typeof optimizationVersion;
  readonly runtime: string;
  readonly host: string;
  readonly engineVersion: string;
  readonly threads: number | null;
  readonly seed: number;
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly passes: readonly PassRecord[];
  readonly before: OptimizedFile;
  /** The file that was written, or null where no pass was faster. */
  readonly after: OptimizedFile | null;
  /** The time of the file that was written to that of the untouched one, in sessions made anew. */
  readonly gain: TimedRatio;
  readonly replicas: readonly number[];
  /** The outputs against those that are right, or null where no file was compared. */
  readonly parity: {
    /** The greatest difference relative to the greatest value, or null for what is no number. */
    readonly relative: number | null;
    /** What is right: the oracle, or the untouched file node by node. */
    readonly reference: string;
    readonly tolerance: number;
    readonly pass: boolean;
    /** The outputs that hardly change from input to input, so that their parity shows little. */
    readonly still: readonly string[];
  } | null;
}
