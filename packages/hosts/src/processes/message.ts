import type { AnswerTo, Job, JobProgress } from "@sebench/jobs";
import type { ErrorDescription } from "@sebench/spec";

/** What a job's process says to its parent. */
export type JobMessage =
  | { readonly kind: "progress"; readonly progress: JobProgress }
  | { readonly kind: "answer"; readonly answer: AnswerTo<Job> }
  | { readonly kind: "error"; readonly error: ErrorDescription };
