import { rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { temporaryFolder } from "@sebench/artifacts";
import type { JobHost, Target } from "@sebench/hosts";
import { JobError } from "@sebench/jobs";
import {
  type InputSizes,
  readModel,
  type Rewritten,
  rewriteModel,
  writeModel,
} from "@sebench/models";
import type { RewriteName } from "@sebench/models/passes";
import type { ModelFileDescription } from "@sebench/pairs";
import {
  type Optimization,
  type OptimizedFile,
  optimizationVersion,
  type PassRecord,
} from "@sebench/results";
import type { Availability } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { defaultSeed } from "../plan/profile.ts";
import { engineOptionsOf, type RunOptions } from "../plan/options.ts";
import { feedModels } from "../models/feed-models.ts";
import { ModelTruths } from "../models/model-truth.ts";
import type { FedModel } from "../models/feed-models.ts";
import { type FileRaces, gainOf, graceMs, medianOf, raceFiles, tolerance } from "./file-race.ts";

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
 * sessions of its own, whose figures are told. The file that is left is held against the untouched one
 * in races of its own, and its outputs against those of the untouched file without optimisation.
 *
 * @throws InputError for a model or sizes that cannot be run, JobError where the runtime cannot run it
 */
export async function optimizeModel(
  request: OptimizeRequest,
  context: OptimizeContext,
): Promise<Optimization> {
  refuseSamePlace(request.out, request.path);
  await using folder = await temporaryFolder("optimize");
  const inputs = { kind: "seeded" } as const;
  const models = { paths: [request.path], sizes: request.sizes, inputs };
  const seed = context.options.seed ?? defaultSeed;
  await using opened = await feedModels(models, seed, context.tell);
  const workshop = openWorkshop(request, context, opened.models[0]!, folder.path);
  try {
    const { passes, best } = await tryPasses(request, workshop);
    return await concluded(request, workshop, passes, best);
  } finally {
    for (const path of workshop.written) await rm(path, { force: true });
  }
}

type Model = ReturnType<typeof readModel>;

/** A model as far as it has come, and its file. */
interface Candidate {
  readonly model: Model;
  readonly file: ModelFileDescription;
}

interface Workshop {
  readonly context: OptimizeContext;
  readonly races: FileRaces;
  readonly fed: FedModel;
  readonly untouched: Candidate;
  /** Writes a model to a file that is gone at the end. */
  keep(model: Model): Candidate;
  readonly written: string[];
}

function openWorkshop(
  { path, raceSeconds }: OptimizeRequest,
  context: OptimizeContext,
  fed: FedModel,
  folder: string,
): Workshop {
  const { se, batch } = fed.model;
  const { external, sizes } = se.file;
  const written: string[] = [];
  // Weights in other files are found from the model's own folder alone.
  const place = external.length === 0 ? folder : dirname(resolve(path));
  return {
    context,
    fed,
    races: {
      options: context.options,
      host: context.host,
      runtime: context.target.runtime,
      seed: context.options.seed ?? defaultSeed,
      signal: context.signal,
      inputs: fed.given.path,
      batch,
      roundsMs: 1000 * raceSeconds,
    },
    untouched: { model: readModel(path), file: se.file },
    written,
    keep(changed) {
      const to = join(place, `.sebench-${process.pid}-${written.length}.onnx`);
      writeModel(changed, to);
      written.push(to);
      return { model: changed, file: { path: to, external, sizes } };
    },
  };
}

function refuseSamePlace(out: string, path: string): void {
  if (resolve(out) !== resolve(path)) return;
  throw new InputError(`${out} is the model itself, which is never written over`, {
    remedy: "give another name to --out",
  });
}

async function tryPasses(
  { passes, sizes }: OptimizeRequest,
  workshop: Workshop,
): Promise<{ passes: PassRecord[]; best: Candidate }> {
  const { context } = workshop;
  const records: PassRecord[] = [];
  let best = workshop.untouched;
  let count = 0;
  for (const pass of passes) {
    const rewritten = rewriteModel(best.model, pass, sizes);
    const record = recordOf(pass, rewritten);
    if (rewritten.done.length === 0) {
      records.push(record);
      continue;
    }
    const candidate = workshop.keep(rewritten.model);
    let decided: PassRecord = { ...record, outcome: "slower" };
    // A winner must win again, since the races that choose favour the lucky.
    for (const isLast of [false, true]) {
      const race = await raceFiles(workshop.races, [best.file, candidate.file], count++);
      if (!race.ok) {
        decided = { ...record, outcome: "failed", reason: race.reason };
        break;
      }
      const { ratio, interval } = race;
      const isFaster = interval !== null && interval[1] < 1;
      const outcome = isFaster && isLast ? "kept" : "slower";
      decided = { ...record, outcome, gain: { ratio, interval } };
      if (!isFaster) break;
    }
    records.push(decided);
    context.tell(sentenceOf(decided));
    if (decided.outcome === "kept") best = candidate;
  }
  return { passes: records, best };
}

function recordOf(pass: RewriteName, { done, refused }: Rewritten): PassRecord {
  const shared = { pass, places: done.length, gain: null, reason: null, refused };
  return { ...shared, outcome: "nothing" };
}

function sentenceOf({ pass, outcome, places, gain, reason }: PassRecord): string {
  const where = `${pass}, ${places} ${places === 1 ? "place" : "places"}`;
  if (gain === null) return `${where}: ${outcome}${reason === null ? "" : `: ${reason}`}`;
  const interval = gain.interval?.map((end) => end.toFixed(3)).join(", ") ?? "no interval";
  return `${where}: ${gain.ratio.toFixed(3)} [${interval}], ${outcome}`;
}

async function concluded(
  { path, out }: OptimizeRequest,
  workshop: Workshop,
  passes: readonly PassRecord[],
  best: Candidate,
): Promise<Optimization> {
  const { context, races, untouched } = workshop;
  const { target, options, availability } = context;
  const isNew = best !== untouched;
  const last = await lastRacesOf(workshop, best);
  const gain = gainOf(last);
  const isFaster = isNew && gain.interval !== null && gain.interval[1] < 1;
  const parity = isFaster ? await parityOf(workshop, best) : null;
  const isWritten = isFaster && parity!.pass;
  if (isWritten) writeModel(best.model, out);
  return {
    schema: optimizationVersion,
    runtime: target.runtime,
    host: target.host,
    engineVersion: availability.version,
    threads: options.threads,
    seed: races.seed,
    inputs: untouched.file.sizes,
    passes,
    before: fileOf(path, medianOf(last, 0)),
    after: isWritten ? fileOf(out, medianOf(last, 1)) : null,
    gain: { ratio: gain.ratio, interval: gain.interval },
    replicas: gain.replicas,
    parity,
  };
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

/** The outputs on the runtime against the oracle's, or those of the untouched file as it is written. */
async function parityOf(
  { races, fed }: Workshop,
  best: Candidate,
): Promise<NonNullable<Optimization["parity"]>> {
  const { options, host, runtime, signal, inputs, batch } = races;
  const watch = { signal, timeoutMs: graceMs, onProgress: () => {} };
  const { se, reference, still } = await new ModelTruths().of(fed, watch);
  const { proofs } = await host.run(
    {
      kind: "prove",
      runtime,
      engine: engineOptionsOf(options),
      members: { kind: "files", files: [best.file], inputs },
      measure: { batch, precision: "fp32" },
    },
    watch,
  );
  const { relative, pass } = se.compare(proofs[0]!, tolerance);
  return { relative, tolerance, pass, reference, still };
}
