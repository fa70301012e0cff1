import type { BrokenFile, Dataset } from "@sebench/datasets";
import type { JobHost, Target, Watch } from "@sebench/hosts";
import { JobError, type Inference, type InferJob } from "@sebench/jobs";
import type { AskedPair, BuiltMember, ImageRange, ModelDescription } from "@sebench/pairs";
import type { Attestation } from "@sebench/runtime";
import { countParameters, excitationsOf } from "@sebench/spec";
import { requireProven } from "../case/case-job.ts";
import { engineOptionsOf, type RunOptions } from "../plan/options.ts";
import { GateStatistics } from "./gate-statistics.ts";
import { fixedGatesOf, inJobs, modelOf } from "./replaced-gates.ts";

/**
 * A request for the excitations of a network, in which everything that can be wrong has been
 * checked.
 */
export interface ExcitationsRequest {
  readonly options: RunOptions;
  readonly target: Target;
  readonly pair: AskedPair;
  readonly member: BuiltMember;
  readonly dataset: Dataset;
  readonly range: ImageRange;
  readonly batch: number;
  /** The labels of the classes to draw, or null for the first that are seen. */
  readonly classes: readonly number[] | null;
}

/** What a runtime answered about the excitations of a network. */
export interface ObservedExcitations {
  readonly statistics: GateStatistics;
  /** The label of each image that could be read. */
  readonly labels: Int32Array;
  readonly broken: readonly BrokenFile[];
  /** The class that each network gives to each image, in the order of `fixedGatesOf`. */
  readonly tops: readonly Int32Array[];
  readonly attestation: Attestation;
}

/** The longest that a job may take where `--timeout` is not given, in seconds: a day. */
const defaultTimeout = 24 * 60 * 60;

/** The bytes of rows that one job may send at most. */
const rowsAtOnce = 2 ** 26;

/** What ends the reading of images, and who is told how far it is. */
export interface ImagesWatch {
  readonly signal: AbortSignal;
  /** Gives the observer of a job over images, by what the job is for. */
  readonly onImages: (what: string) => Watch["onProgress"];
}

/** Runs models over images, and throws a `JobError` where the device is not proven. */
type AskModels = (
  models: readonly ModelDescription[],
  images: { readonly first: number; readonly count: number },
  what: string,
  keepRows: boolean,
) => Promise<Inference>;

/**
 * Reads the gates of all images, and then asks the network with each gate fixed about the same
 * images. The images and networks that a host holds at once are bounded. Throws a `JobError` where
 * the host fails.
 */
export async function observeExcitations(
  request: ExcitationsRequest,
  host: JobHost,
  watch: ImagesWatch,
): Promise<ObservedExcitations> {
  const ask = askOn(request, host, watch);
  const { network } = request.member;
  const gates = await readGates(request, ask);
  const fixed = fixedGatesOf(excitationsOf(network), gates.statistics.all.mean);
  const jobs = inJobs(fixed, countParameters(network));
  const tops: Int32Array[] = [];
  let attestation: Attestation | null = null;
  for (const [index, job] of jobs.entries()) {
    const models = job.map((each) => modelOf(request.pair.description, each));
    const what = nameOf("fixed gates", index, jobs.length);
    const answer = await ask(models, request.range, what, false);
    requireSameImages(answer.labels, gates.labels);
    tops.push(...answer.models.map(({ top }) => top));
    attestation ??= answer.attestation;
  }
  return { ...gates, tops, attestation: attestation! };
}

function askOn(
  { options, target, range, batch }: ExcitationsRequest,
  host: JobHost,
  watch: ImagesWatch,
): AskModels {
  const { signal, onImages } = watch;
  const timeoutMs = 1000 * (options.timeoutSeconds ?? defaultTimeout);
  return async (models, { first, count }, what, keepRows) => {
    const job: InferJob = {
      kind: "infer",
      runtime: target.runtime,
      engine: engineOptionsOf(options),
      models,
      images: { ...range, first, count },
      options: { batch, precision: "fp32", keepRows },
    };
    const answer = await host.run(job, { signal, timeoutMs, onProgress: onImages(what) });
    requireProven([answer.attestation]);
    return answer;
  };
}

/**
 * Reads the gates of a part of the images at a time; a row has a value for each channel of each
 * gate.
 */
async function readGates(
  { member, pair, range, batch }: ExcitationsRequest,
  ask: AskModels,
): Promise<Pick<ObservedExcitations, "statistics" | "labels" | "broken">> {
  const length = excitationsOf(member.network).reduce((sum, { channels }) => sum + channels, 0);
  const model = { ...modelOf(pair.description, null), output: "gates" } as const;
  const statistics = new GateStatistics(length);
  const labels: number[] = [];
  const broken: BrokenFile[] = [];
  const parts = partsOf(range.count, batch, length);
  for (const [index, part] of parts.entries()) {
    const answer = await ask([model], part, nameOf("gates", index, parts.length), true);
    addRows(statistics, answer, length);
    labels.push(...answer.labels);
    broken.push(...answer.broken);
  }
  return { statistics, labels: Int32Array.from(labels), broken };
}

/**
 * Splits images into parts of whole batches whose rows a job may send.
 *
 * @param length the number of values in a row
 */
export function partsOf(
  count: number,
  batch: number,
  length: number,
): { readonly first: number; readonly count: number }[] {
  const most = batch * Math.max(1, Math.floor(rowsAtOnce / (4 * length * batch)));
  return Array.from({ length: Math.ceil(count / most) }, (_, part) => {
    const first = part * most;
    return { first, count: Math.min(most, count - first) };
  });
}

function nameOf(what: string, index: number, parts: number): string {
  return parts === 1 ? what : `${what}, part ${index + 1} of ${parts}`;
}

/**
 * Adds the gates of an answer's rows, each of which holds the values of the gates and then the
 * logits.
 */
function addRows(statistics: GateStatistics, { labels, models }: Inference, length: number): void {
  const rows = models[0]!.rows!;
  const whole = rows.length / labels.length;
  for (const [image, label] of labels.entries()) {
    const gates = rows.subarray(image * whole, image * whole + length);
    if (!gates.every(Number.isFinite)) {
      throw new JobError("a gate has a value that is not a finite number", {
        remedy: "try another --runtime, or other weights",
      });
    }
    statistics.add(label, gates);
  }
}

function requireSameImages(labels: Int32Array, before: Int32Array): void {
  if (labels.length === before.length && labels.every((label, at) => label === before[at])) return;
  throw new JobError("the images changed while they were read", {
    remedy: "run the command again, and leave the folder alone",
  });
}
