import type { AnswerTo, Job, JobProgress, ServeAnswer } from "@sebench/jobs";
import type { ErrorDescription } from "@sebench/spec";

/** A message of a worker to its parent: the outcome of its opening, and then of each request. */
export type WorkerMessage =
  | { readonly kind: "answer"; readonly answer: ServeAnswer }
  | { readonly kind: "error"; readonly error: ErrorDescription };

/** A message of a job's process to its parent. */
export type JobMessage =
  | { readonly kind: "progress"; readonly progress: JobProgress }
  | { readonly kind: "answer"; readonly answer: AnswerTo<Job> }
  | { readonly kind: "error"; readonly error: ErrorDescription };
