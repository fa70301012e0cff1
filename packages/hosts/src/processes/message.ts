import type { AnswerTo, Job, JobProgress } from "@sebench/jobs";
import type { ErrorDescription } from "@sebench/spec";

/** A message of a job's process to its parent. */
export type JobMessage =
  | { readonly kind: "progress"; readonly progress: JobProgress }
  | { readonly kind: "answer"; readonly answer: AnswerTo<Job> }
  | { readonly kind: "error"; readonly error: ErrorDescription };
