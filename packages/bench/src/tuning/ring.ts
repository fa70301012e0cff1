import type { LoweringName } from "@sebench/lowering";
import { pairedRatio, type Raced, type PairedRatio } from "@sebench/measure";

/** A racer: a recipe of the network with SE, or null for the plain network. */
export type Racer = LoweringName | null;

/**
 * The outcome of a race: its medians, or the reason why it came to no end, such as a crash or its
 * time.
 */
export type RaceOutcome =
  | { readonly ok: true; readonly entrants: readonly Raced[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Runs racers side by side, in sessions of their own.
 *
 * @param effort how long the race takes, in units of effort: 1, 2, 4
 */
export type Race = (racers: readonly Racer[], effort: number) => Promise<RaceOutcome>;

/** The most models that are open at once: one of a large network takes hundreds of megabytes. */
export const mostRacers = 6;

/** The effort that preparing a racer takes. */
const preparing = 1;

/** Runs races while there is time, and keeps what became of them. */
export class Ring {
  readonly #race: Race;
  readonly #now: () => number;
  readonly #startedMs: number;
  readonly #onStep: (step: TraceStep) => void;
  /**
   * The milliseconds that a racer took for a unit of its effort and its preparing, in each race so
   * far.
   */
  readonly #msPerShare: number[] = [];
  readonly trace: TraceStep[] = [];
  /** The reason why a recipe cannot be raced, by recipe. */
  readonly faults = new Map<LoweringName, string>();

  constructor(race: Race, now: () => number, onStep: (step: TraceStep) => void) {
    this.#race = race;
    this.#now = now;
    this.#onStep = onStep;
    this.#startedMs = now();
  }

  get elapsedMs(): number {
    return this.#now() - this.#startedMs;
  }

  /** Whether a race would be over by the deadline, judged by the races before it. */
  fits(racers: number, effort: number, deadlineMs: number): boolean {
    return this.elapsedMs + this.expectedMs(racers, effort) <= deadlineMs;
  }

  /** The time that a race is expected to take, or 0 before the first race. */
  expectedMs(racers: number, effort: number): number {
    const shares = this.#msPerShare;
    const share = shares.reduce((sum, ms) => sum + ms, 0) / Math.max(1, shares.length);
    return share * racers * (preparing + effort);
  }

  async run(racers: readonly Racer[], effort: number): Promise<RaceOutcome> {
    const before = this.elapsedMs;
    const outcome = await this.#race(racers, effort);
    const shares = racers.length * (preparing + effort);
    this.#msPerShare.push((this.elapsedMs - before) / shares);
    return outcome;
  }

  /**
   * Races challengers against the incumbent. Where the race comes to no end, halves of the
   * challengers race again until it is known which of them are at fault.
   */
  async heat(
    incumbent: LoweringName,
    challengers: readonly LoweringName[],
    effort: number,
  ): Promise<Standing[]> {
    const outcome = await this.run([incumbent, ...challengers], effort);
    if (outcome.ok) return this.#standings(outcome.entrants, challengers);
    if (challengers.length === 1) return [this.#fault(challengers[0]!, outcome.reason)];
    const half = Math.ceil(challengers.length / 2);
    return [
      ...(await this.heat(incumbent, challengers.slice(0, half), effort)),
      ...(await this.heat(incumbent, challengers.slice(half), effort)),
    ];
  }

  tell(step: Omit<TraceStep, "elapsedMs">): void {
    const timed = { ...step, elapsedMs: this.elapsedMs };
    this.trace.push(timed);
    this.#onStep(timed);
  }

  #standings(entrants: readonly Raced[], challengers: readonly LoweringName[]): Standing[] {
    const [own, ...others] = entrants as [Raced, ...Raced[]];
    return others.map((raced, at): Standing => {
      const lowering = challengers[at]!;
      if (!raced.ok) return this.#fault(lowering, raced.reason);
      if (!own.ok) return { lowering, ok: false, reason: `nothing to compare with: ${own.reason}` };
      const told = pairedRatio(raced.mediansMs, own.mediansMs);
      return Object.assign({ lowering, ok: true as const }, told);
    });
  }

  #fault(lowering: LoweringName, reason: string): Standing {
    this.faults.set(lowering, reason);
    return { lowering, ok: false, reason };
  }
}

/** The outcome of a recipe in a race, beside the incumbent, which was the best until then. */
export type Standing =
  | ({ readonly lowering: LoweringName; readonly ok: true } & PairedRatio)
  | { readonly lowering: LoweringName; readonly ok: false; readonly reason: string };

/** One race of a search, and what followed from it. */
export interface TraceStep {
  /** The part of the search: `opening`, `all stages`, `stage 3` or `final`. */
  readonly where: string;
  readonly incumbent: LoweringName;
  readonly standings: readonly Standing[];
  /** The recipes that go on: the field of the next race, or the one that was chosen. */
  readonly chosen: readonly LoweringName[];
  readonly why: string;
  /** The time since the search began, in milliseconds. */
  readonly elapsedMs: number;
}
