import type { LoweringName } from "@sebench/lowering";
import { pairedRatio, type Raced, type PairedRatio } from "@sebench/measure";

/** A recipe, or null for the plain network. */
export type Racer = LoweringName | null;

/** A race that was run, or what kept it from an end: a crash, or its time. */
export type RaceOutcome =
  | { readonly ok: true; readonly entrants: readonly Raced[] }
  | { readonly ok: false; readonly reason: string };

/** Runs racers side by side, in sessions of their own. @param effort 1, 2, 4: how long, of its unit */
export type Race = (racers: readonly Racer[], effort: number) => Promise<RaceOutcome>;

/** Models that are open at once: one of a large network takes hundreds of megabytes. */
export const mostRacers = 6;

/** What preparing a racer takes, as effort. */
const preparing = 1;

/** Runs races while there is time, and keeps what became of them. */
export class Ring {
  readonly #race: Race;
  readonly #now: () => number;
  readonly #startedMs: number;
  readonly #onStep: (step: TraceStep) => void;
  /** What a racer took, by its effort and its preparing, in each race so far. */
  readonly #msPerShare: number[] = [];
  readonly trace: TraceStep[] = [];
  /** Why a recipe cannot be had. */
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

  /** Whether a race would be over by then, as far as those before it tell. */
  fits(racers: number, effort: number, deadlineMs: number): boolean {
    return this.elapsedMs + this.expectedMs(racers, effort) <= deadlineMs;
  }

  /** 0 before the first race. */
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

  /** Races some against the incumbent. Where that ends early, it finds out whose fault it is. */
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
