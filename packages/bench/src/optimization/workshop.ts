import { rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { temporaryFolder } from "@sebench/artifacts";
import type { JobHost } from "@sebench/hosts";
import { readModel, writeModel } from "@sebench/models";
import type { ModelFileDescription } from "@sebench/pairs";
import type { Optimization } from "@sebench/results";
import type { RuntimeId } from "@sebench/runtime";
import type { FedModel } from "../models/feed-models.ts";
import { type ModelTruth, ModelTruths } from "../models/model-truth.ts";
import { engineOptionsOf, type RunOptions } from "../plan/options.ts";
import { type FileRaces, graceMs, tolerance } from "./file-race.ts";

type Model = ReturnType<typeof readModel>;

/** A model as far as it has come, and its file. */
export interface Candidate {
  readonly model: Model;
  readonly file: ModelFileDescription;
}

/** The outputs of a file on the runtime against those that are right. */
export type FileParity = NonNullable<Optimization["parity"]>;

/** The place where a model is rewritten, raced and compared; disposing removes its files. */
export interface Workshop extends AsyncDisposable {
  readonly races: FileRaces;
  readonly fed: FedModel;
  readonly untouched: Candidate;
  /** Writes a model to a file that is gone at the end. */
  keep(model: Model): Candidate;
  /** Runs a file on the runtime, and compares what it gives with what is right. */
  parityOf(candidate: Candidate): Promise<FileParity>;
}

/** What a workshop is opened with. */
interface WorkshopPlan {
  readonly options: RunOptions;
  readonly host: JobHost;
  readonly runtime: RuntimeId;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** The time of the rounds of one race, in seconds. */
  readonly raceSeconds: number;
}

export async function openWorkshop(fed: FedModel, plan: WorkshopPlan): Promise<Workshop> {
  const { options, host, runtime, seed, signal, raceSeconds } = plan;
  const { se, batch } = fed.model;
  const { path, external, sizes } = se.file;
  const folder = await temporaryFolder("optimize");
  const written: string[] = [];
  // Weights in other files are found from the model's own folder alone.
  const place = external.length === 0 ? folder.path : dirname(resolve(path));
  const watch = { signal, timeoutMs: graceMs, onProgress: () => {} };
  const truths = new ModelTruths();
  return {
    fed,
    races: {
      options,
      host,
      runtime,
      seed,
      signal,
      inputs: fed.given.path,
      batch,
      roundsMs: 1000 * raceSeconds,
    },
    untouched: { model: readModel(path), file: se.file },
    keep(changed) {
      const to = join(place, `.sebench-${process.pid}-${written.length}.onnx`);
      writeModel(changed, to);
      written.push(to);
      return { model: changed, file: { path: to, external, sizes } };
    },
    async parityOf({ file }) {
      const truth: ModelTruth = await truths.of(fed, watch);
      const members = { kind: "files", files: [file], inputs: fed.given.path } as const;
      const engine = engineOptionsOf(options);
      const measure = { batch, precision: "fp32" } as const;
      const job = { kind: "prove", runtime, engine, members, measure } as const;
      const { proofs } = await host.run(job, watch);
      const { relative, pass } = truth.se.compare(proofs[0]!, tolerance);
      return { relative, tolerance, pass, reference: truth.reference, still: truth.still };
    },
    async [Symbol.asyncDispose]() {
      for (const file of written) await rm(file, { force: true });
      await folder[Symbol.asyncDispose]();
    },
  };
}
