import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JobHost } from "@sebench/hosts";
import { JobError, type RaceJob, writeRunInputs } from "@sebench/jobs";
import {
  median,
  overheadOfRounds,
  type OverheadEstimate,
  pairedLogRatios,
  type PairedRatio,
  pairedRatio,
  seededRandom,
} from "@sebench/measure";
import { dimsText, type Inspection } from "@sebench/models";
import type { ModelFileDescription } from "@sebench/pairs";
import { arrayOf, type NamedTensor, type RuntimeId } from "@sebench/runtime";
import { elementCount, InputError } from "@sebench/spec";
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
const graceMs = 300_000;

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
  const { options, host, runtime, seed, signal, inputs, batch, roundsMs } = races;
  const job: RaceJob = {
    kind: "race",
    runtime,
    engine: engineOptionsOf(options),
    members: { kind: "files", files, inputs },
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
    const [one, other] = (await host.run(job, watch)).entrants;
    for (const raced of [one!, other!]) if (!raced.ok) return raced;
    const mediansMs = [one!, other!].flatMap((raced) => (raced.ok ? [raced.mediansMs] : []));
    return { ok: true, mediansMs, ...pairedRatio(mediansMs[1]!, mediansMs[0]!) };
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

/** The number of runs whose inputs differ. */
const runs = 3;

/**
 * Writes seeded inputs for a model's runs: waves with some noise for floats, zeros and ones for
 * integers.
 *
 * @throws InputError where a size is free, with the flag that gives it
 */
export async function writeInputs(
  { inputs }: Inspection,
  seed: number,
  folder: string,
): Promise<string> {
  const free = inputs.filter(
    ({ shape }) => shape === null || shape.some((dim) => typeof dim !== "number"),
  );
  if (free.length > 0) {
    const which = free.map(({ name, shape }) => `${name} ${dimsText(shape)}`).join(", ");
    const flags = free.map(({ name, shape }) => {
      const dims = shape ?? [1, 3, 224, 224];
      const size = dims.map((dim, axis) => (typeof dim === "number" ? dim : axis === 0 ? 1 : 224));
      return `--input ${name}=${size.join("x")}`;
    });
    throw new InputError(`the sizes of ${which} are free, and a run needs some`, {
      remedy: `give them, such as ${flags.join(" ")}`,
    });
  }
  const random = seededRandom(seed);
  const all = Array.from({ length: runs }, (_, run) =>
    inputs.map(({ name, type, shape }): NamedTensor => {
      const make = arrayOf[type as NamedTensor["type"]];
      if (make === undefined || type === "float16") {
        throw new InputError(`the input ${name} is ${type}, for which no inputs are made here`);
      }
      const size = elementCount(shape as readonly number[]);
      const width = (shape!.at(-1) ?? 1) as number;
      const isFloat = type.startsWith("float");
      const value = (at: number) =>
        isFloat
          ? Math.sin(at / 17 + run) * Math.cos(Math.floor(at / width) / 11) + random() / 4
          : Math.round(random());
      const isBig = type === "int64" || type === "uint64";
      const values = Array.from({ length: size }, (_each, at) => value(at));
      const data = isBig
        ? (make as typeof BigInt64Array).from(values, BigInt)
        : (make as typeof Float32Array).from(values);
      return { name, type: type as NamedTensor["type"], shape: shape as number[], data };
    }),
  );
  const path = join(folder, "inputs.safetensors");
  await writeFile(path, writeRunInputs(all));
  return path;
}
