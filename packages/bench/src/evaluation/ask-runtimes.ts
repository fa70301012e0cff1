import type { Watch } from "@sebench/hosts";
import { JobError, type Inference, type ModelAnswers, type InferJob } from "@sebench/jobs";
import type { ImageRange } from "@sebench/pairs";
import type { Answered, EvaluationRecord, Unanswered } from "@sebench/results";
import type { Precision } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { requireProven } from "../case/case-job.ts";
import type { ProbedTarget } from "../plan/case-plan.ts";
import { engineOptionsOf, type RunOptions } from "../plan/options.ts";
import type { OpenTargets } from "../targets/open-targets.ts";

export interface EvaluationAnswers {
  readonly answers: EvaluationRecord["answers"];
  /** The answers of the first runtime that gave any; all runtimes see the same images. */
  readonly inference: Inference;
}

/** What ends the evaluation, and who is told of it. */
export interface EvaluationWatch {
  readonly signal: AbortSignal;
  /** Gives the observer of a runtime's job. */
  readonly onImages: (what: string) => Watch["onProgress"];
  /** Called when a runtime has answered, or has failed with an error. */
  readonly onEnd: (what: string, error: JobError | null) => void;
}

/** The longest that a runtime may take where `--timeout` is not given, in seconds: a day. */
const defaultTimeout = 24 * 60 * 60;

/**
 * Runs both members of a pair over images, on each runtime in turn. Throws an `InputError` where no
 * runtime answers.
 *
 * @param models the plain member, and then the one with SE
 */
export async function askRuntimes(
  { hosts, targets }: OpenTargets,
  models: InferJob["models"],
  asked: { readonly range: ImageRange; readonly batch: number; readonly precision: Precision },
  options: RunOptions,
  watch: EvaluationWatch,
): Promise<EvaluationAnswers> {
  const { range, batch, precision } = asked;
  const { signal, onImages, onEnd } = watch;
  const answers: EvaluationRecord["answers"][number][] = [];
  let first: Inference | null = null;
  for (const target of targets) {
    const { runtime, host, availability } = target;
    if (!availability.ok) {
      answers.push(unanswered(target, "unavailable", availability));
      continue;
    }
    const job: InferJob = {
      kind: "infer",
      runtime,
      engine: engineOptionsOf(options),
      models,
      images: range,
      options: { batch, precision, keepRows: false },
    };
    const timeoutMs = 1000 * (options.timeoutSeconds ?? defaultTimeout);
    const what = `${runtime} on ${host}`;
    try {
      const open = hosts.of(host);
      const inference = await open.run(job, { signal, timeoutMs, onProgress: onImages(what) });
      requireProven([inference.attestation]);
      first ??= inference;
      requireSameImages(first, inference);
      onEnd(what, null);
      answers.push(answered(target, open.version, inference));
    } catch (error) {
      signal.throwIfAborted();
      onEnd(what, error as JobError);
      const { message, remedy = null } = error as JobError;
      answers.push(unanswered(target, "failed", { reason: message, remedy }));
    }
  }
  if (first !== null) return { answers, inference: first };
  const reasons = answers.flatMap((of) =>
    of.status === "ok" ? [] : [`${of.runtime}: ${of.reason}`],
  );
  throw new InputError(`no runtime gave answers: ${reasons.join("; ")}`, {
    remedy: "see pnpm bench doctor",
  });
}

/** Throws where the files of images changed between two runtimes, whose answers are compared. */
function requireSameImages(one: Inference, other: Inference): void {
  const at = one.hashes.findIndex((hash, image) => hash !== other.hashes[image]);
  if (at < 0) return;
  throw new JobError(`image ${at + 1} is not what it was for the first runtime`, {
    remedy: "ask again, and leave the images as they are meanwhile",
  });
}

function answered(target: ProbedTarget, hostVersion: string, inference: Inference): Answered {
  const { runtime, host, availability } = target;
  const [plain, se] = inference.models;
  return {
    runtime,
    host,
    status: "ok",
    engineVersion: availability.ok ? availability.version : "unknown",
    hostVersion,
    attestation: inference.attestation,
    plain: listed(plain!),
    se: listed(se!),
  };
}

function listed({ top, rank }: ModelAnswers): Answered["se"] {
  return { top: [...top], rank: [...rank] };
}

function unanswered(
  { runtime, host }: ProbedTarget,
  status: Unanswered["status"],
  { reason, remedy }: { readonly reason: string; readonly remedy: string | null },
): Unanswered {
  return { runtime, host, status, reason, remedy };
}
