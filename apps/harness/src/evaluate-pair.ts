import { say } from "@sebench/cli";
import type { Precision } from "@sebench/runtime";
import { type Answered, type EvaluationRecord, type Unanswered } from "@sebench/results";
import { InputError } from "@sebench/spec";
import type { JobError, Watch } from "./host.ts";
import type { ImageRange } from "./infer/image-range.ts";
import { clearProgress, imageProgress } from "./infer/image-progress.ts";
import type { Inference, ModelAnswers } from "./infer/infer-images.ts";
import { requireProven } from "./infer/require-proven.ts";
import type { InferJob, PairDescription } from "./job.ts";
import type { OpenTargets } from "./open-targets.ts";
import type { ProbedTarget } from "./plan.ts";
import { engineOptionsOf, type RunOptions } from "./run-options.ts";

export interface EvaluationAnswers {
  readonly answers: EvaluationRecord["answers"];
  /** Of the first runtime that answered: all of them see the same images. */
  readonly inference: Inference;
}

/** Longest that a runtime may take where nobody says so, in seconds: a day. */
const defaultTimeout = 24 * 60 * 60;

/** Runs both members of a pair over images, on each runtime in turn. Throws an `InputError` where none answers. */
export async function askRuntimes(
  { hosts, targets }: OpenTargets,
  pair: Pick<PairDescription, "networks" | "imageSize" | "weights">,
  asked: { readonly range: ImageRange; readonly batch: number; readonly precision: Precision },
  options: RunOptions,
  signal: AbortSignal,
): Promise<EvaluationAnswers> {
  const { range, batch, precision } = asked;
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
      models: (["plain", "se"] as const).map((member) => {
        return { pair, member, output: "logits", fixedGates: {} };
      }),
      images: range,
      options: { batch, precision, keepRows: false },
    };
    const timeoutMs = 1000 * (options.timeoutSeconds ?? defaultTimeout);
    const watch: Watch = { signal, timeoutMs, onProgress: imageProgress(`${runtime} on ${host}`) };
    try {
      const open = hosts.of(host);
      const inference = await open.infer(job, watch);
      requireProven(inference);
      first ??= inference;
      clearProgress();
      answers.push(answered(target, open.version, inference));
    } catch (error) {
      signal.throwIfAborted();
      clearProgress();
      const { message, remedy = null } = error as JobError;
      answers.push(unanswered(target, "failed", { reason: message, remedy }));
      say(`${runtime} on ${host}: failed: ${message}`);
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
