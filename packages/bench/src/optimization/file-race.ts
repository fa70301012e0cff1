import type { JobHost } from "@sebench/hosts";
import { JobError, type RaceJob } from "@sebench/jobs";
import {
  median,
  overheadOfRounds,
  type OverheadEstimate,
  pairedLogRatios,
  type PairedRatio,
  pairedRatio,
} from "@sebench/measure";
import type { ModelFileDescription } from "@sebench/pairs";
import type { RuntimeId } from "@sebench/runtime";
import { engineOptionsOf, type RunOptions } from "../plan/options.ts";

/** What the races of a model's files share. */
export interface FileRaces {
  readonly options: RunOptions;
  readonly host: JobHost;
  readonly runtime: RuntimeId;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** The path of the inputs of runs. */
  readonly inputs: string;
  readonly batch: number;
  /** The time of the rounds of one race, in milliseconds. */
  readonly roundsMs: number;
}

/** The difference from the untouched file's outputs, relative to the greatest, that rounding may make. */
export const tolerance = 1e-4;

/** The fewest rounds of a race; fewer have no interval. */
const fewestRounds = 8;
const visitMs = 20;
/** The most time that a race may take beyond its rounds, in milliseconds. */
export const graceMs = 300_000;

/** The outcome of one file's race against another, or why there is none. */
export type FileRace =
  | ({ readonly ok: true; readonly mediansMs: readonly (readonly number[])[] } & PairedRatio)
  | { readonly ok: false; readonly reason: string };

/** Runs two files side by side, in sessions of their own; only an interrupt is thrown. */
export async function raceFiles(
  races: FileRaces,
  files: readonly [incumbent: ModelFileDescription, challenger: ModelFileDescription],
  count: number,
): Promise<FileRace> {
  const raced = await raceAll(races, files, count, { isTwinFirst: false });
  if (!raced.ok) return raced;
  const [one, other] = raced.mediansMs;
  return { ...raced, ...pairedRatio(other!, one!) };
}

/** The medians of the visits to each file, by round, or why there are none. */
export type FilesRace =
  | { readonly ok: true; readonly mediansMs: readonly (readonly number[])[] }
  | { readonly ok: false; readonly reason: string };

/**
 * Runs files side by side, in sessions of their own; only an interrupt is thrown.
 *
 * @param count the number of the race among others, from which it has its order of visits
 */
export async function raceAll(
  races: FileRaces,
  files: readonly ModelFileDescription[],
  count: number,
  { isTwinFirst }: { readonly isTwinFirst: boolean },
): Promise<FilesRace> {
  const { options, host, runtime, seed, signal, inputs, batch, roundsMs } = races;
  const job: RaceJob = {
    kind: "race",
    runtime,
    engine: engineOptionsOf(options),
    members: { kind: "files", files, inputs, isTwinFirst },
    race: {
      batch,
      precision: "fp32",
      seed: seed + count,
      minRounds: fewestRounds,
      maxRounds: 2000,
      budgetMs: roundsMs,
      budgetByPreparing: 0,
      visitMs,
      tolerance,
      expected: null,
      attest: count === 0,
    },
  };
  const watch = { signal, timeoutMs: graceMs + roundsMs, onProgress: () => {} };
  try {
    const mediansMs: (readonly number[])[] = [];
    for (const raced of (await host.run(job, watch)).entrants) {
      if (!raced.ok) return raced;
      mediansMs.push(raced.mediansMs);
    }
    return { ok: true, mediansMs };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof JobError)) throw error;
    return { ok: false, reason: error.message };
  }
}

/** The ratio of two files from several races, each with sessions of its own. */
export function gainOf(races: readonly (readonly (readonly number[])[])[]): OverheadEstimate {
  return overheadOfRounds(races.map(([before, after]) => pairedLogRatios(after!, before!)));
}

/** The median of all visits to a file, by its place in the races. */
export function medianOf(
  races: readonly (readonly (readonly number[])[])[],
  place: number,
): number {
  return median(races.flatMap((mediansMs) => mediansMs[place]!));
}
