import type { JobHost } from "@sebench/hosts";
import type { ProbedTarget } from "../plan/case-plan.ts";

/** A runtime that can run, and where. */
export interface Subject {
  readonly target: ProbedTarget;
  readonly host: JobHost;
  /** What answered, as a record has it. */
  readonly answering: {
    readonly runtime: ProbedTarget["runtime"];
    readonly host: ProbedTarget["host"];
    readonly engineVersion: string;
    readonly hostVersion: string;
  };
}
