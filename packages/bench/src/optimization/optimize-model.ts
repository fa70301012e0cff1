import { resolve } from "node:path";
import type { JobHost, Target } from "@sebench/hosts";
import { JobError } from "@sebench/jobs";
import { type InputSizes, readModel, writeModel } from "@sebench/models";
import { type RewriteName, rewriteNames } from "@sebench/models/passes";
import {
  type Optimization,
  type OptimizedFile,
  optimizationVersion,
  type Tuning,
} from "@sebench/results";
import type { Availability } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { type FedModel, feedModels } from "../models/feed-models.ts";
import { lackOfModel } from "../models/plan-models.ts";
import type { ModelPlan } from "../plan/case-plan.ts";
import type { RunOptions } from "../plan/options.ts";
import { defaultSeed } from "../plan/profile.ts";
import { describeTuning, type Finale, finaleOf, withoutGain } from "../tuning/describe-tuning.ts";
import { gainOf, medianOf, raceAll, raceFiles } from "./file-race.ts";
import { tryPasses } from "./try-passes.ts";
import { type Candidate, openWorkshop, type Workshop } from "./workshop.ts";

/** A model, and how it shall be made faster. */
export interface OptimizeRequest {
  /** The path of the model, which is never written over. */
  readonly path: string;
  /** The path of the file that is written. */
  readonly out: string;
  readonly sizes: InputSizes;
  /** The passes that are tried, in this order. */
  readonly passes: readonly RewriteName[];
  /** The time of the rounds of one race, in seconds. */
  readonly raceSeconds: number;
}

export interface OptimizeContext {
  readonly options: RunOptions;
  readonly host: JobHost;
  readonly target: Target;
  readonly availability: Extract<Availability, { ok: true }>;
  readonly signal: AbortSignal;
  /** Takes what happens, a line at a time. */
  readonly tell: (line: string) => void;
}

/** The number of last races, each with both files prepared anew. */
const lastRaces = 4;

/**
 * Tries passes on a model one after the other, on the runtime that it is meant for. A pass is kept if
 * the file with it is faster than the best one so far beyond noise in a race, and again in another with
 * sessions of its own, whose figures are told, and if its outputs are those of the untouched file
 * without optimisation, or the oracle's. The file that is left is held against the untouched one in
 * races of its own.
 *
 * @throws InputError for a model or sizes that cannot be run, JobError where the runtime cannot run it
 */
export async function optimizeModel(
  request: OptimizeRequest,
  context: OptimizeContext,
): Promise<Optimization> {
  const { path, out, sizes, passes, raceSeconds } = request;
  refuseSamePlace(out, path);
  const { options, host, target, availability, signal, tell } = context;
  const seed = options.seed ?? defaultSeed;
  const models = { paths: [path], sizes, inputs: { kind: "seeded" } } as const;
  await using opened = await feedModels(models, seed, tell);
  const { runtime } = target;
  const plan = { options, host, runtime, seed, signal, raceSeconds };
  await using workshop = await openWorkshop(opened.models[0]!, plan);
  const tried = await tryPasses(workshop, { passes, sizes, tell });
  const { best } = tried;
  const last = await lastRacesOf(workshop, best);
  const gain = gainOf(last);
  const isFaster = tried.parity !== null && gain.interval !== null && gain.interval[1] < 1;
  if (isFaster) writeModel(best.model, out);
  return {
    schema: optimizationVersion,
    runtime,
    host: target.host,
    engineVersion: availability.version,
    threads: options.threads,
    seed,
    inputs: workshop.untouched.file.sizes,
    passes: tried.passes,
    before: fileOf(path, medianOf(last, 0)),
    after: isFaster ? fileOf(out, medianOf(last, 1)) : null,
    gain: { ratio: gain.ratio, interval: gain.interval },
    replicas: gain.replicas,
    parity: tried.parity,
  };
}

function refuseSamePlace(out: string, path: string): void {
  if (resolve(out) !== resolve(path)) return;
  throw new InputError(`${out} is the model itself, which is never written over`, {
    remedy: "give another name to --out",
  });
}

function fileOf(path: string, medianMs: number): OptimizedFile {
  const { bytes, sha256, graph } = readModel(path);
  return { file: path, sha256, bytes, nodes: graph.nodes.length, medianMs };
}

/** The last races, of the untouched file and the one that was left. */
async function lastRacesOf({ races, untouched }: Workshop, best: Candidate) {
  const mediansMs: (readonly (readonly number[])[])[] = [];
  for (let count = 0; count < lastRaces; count++) {
    const race = await raceFiles(races, [untouched.file, best.file], 1000 + count);
    if (!race.ok) throw new JobError(race.reason);
    mediansMs.push(race.mediansMs);
  }
  return mediansMs;
}

interface TuneContext {
  readonly options: RunOptions;
  readonly host: JobHost;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Takes what became of each pass, in words. */
  readonly tell: (line: string) => void;
}

/** The last races of a tuning, each with all files prepared anew. */
const tuningRaces = 3;

/** The most races that a budget is for: two of each pass, and the last ones. */
const mostRaces = 2 * rewriteNames.length + tuningRaces;

/**
 * Finds the passes that make a model faster on a runtime, and says what SE costs in the file as it is
 * and in the one that is left, both against the twin of the file as it is.
 *
 * @throws JobError where the runtime cannot race the model, or the model has no twin
 */
export async function tuneModel(
  { options, host, seed, signal, tell }: TuneContext,
  plan: ModelPlan,
  fed: FedModel,
  { version }: Extract<Availability, { ok: true }>,
): Promise<Tuning> {
  const { runtime, seconds } = plan;
  const lack = lackOfModel(plan);
  if (lack !== null) throw new JobError(lack.reason, { remedy: lack.remedy });
  const { plain, name } = fed.model;
  if (plain === null) {
    throw new JobError(`${name} has no SE that can be cut out, so no form of it is faster`, {
      remedy: "bench optimize rewrites what else there is",
    });
  }
  const raceSeconds = seconds / mostRaces;
  await using workshop = await openWorkshop(fed, {
    options,
    host,
    runtime,
    seed,
    signal,
    raceSeconds,
  });
  const passes = rewriteNames.filter((pass) => pass !== "fixed-sizes");
  const tried = await tryPasses(workshop, { passes, sizes: new Map(), tell });
  const kept = tried.passes.flatMap(({ pass, outcome }) => (outcome === "kept" ? [pass] : []));
  const files = [
    plain.file,
    workshop.untouched.file,
    ...(kept.length > 0 ? [tried.best.file] : []),
  ];
  const finale = await raceFinale(workshop, files);
  const isSlower = finale.gain.ratio > 1;
  const naive = plan.lowering;
  return describeTuning({
    options,
    seed,
    host,
    plan,
    engineVersion: version,
    naive,
    lowering: kept.length === 0 || isSlower ? naive : kept.join("+"),
    finale: isSlower ? withoutGain(finale) : finale,
  });
}

/** Races the twin, the file as it is and the one that is left. */
async function raceFinale(
  { races }: Workshop,
  files: Parameters<typeof raceAll>[1],
): Promise<Finale> {
  const replicas: (readonly (readonly number[])[])[] = [];
  for (let count = 0; count < tuningRaces; count++) {
    const raced = await raceAll(races, files, 1000 + count, { isTwinFirst: true });
    if (!raced.ok) throw new JobError(raced.reason);
    replicas.push(raced.mediansMs);
  }
  return finaleOf(replicas);
}
