import type { JobHost } from "@sebench/hosts";
import type { ProbedTarget } from "../plan/case-plan.ts";

/** A runtime that can run, and the host that it runs on. */
export interface Subject {
  readonly target: ProbedTarget;
  readonly host: JobHost;
  /** The runtime and the host that answered, as a record has them. */
  readonly answering: {
    readonly runtime: ProbedTarget["runtime"];
    readonly host: ProbedTarget["host"];
    readonly engineVersion: string;
    readonly hostVersion: string;
  };
}
