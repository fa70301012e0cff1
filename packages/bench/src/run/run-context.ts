import type { OpenHosts } from "@sebench/hosts";
import type { JobProgress } from "@sebench/jobs";
import type { RunWeights } from "@sebench/pairs";
import type { CalibrationRecord, CaseRecord } from "@sebench/results";
import type { ModelTruths } from "../models/model-truth.ts";
import type { FedModel } from "../models/feed-models.ts";
import type { JobContext } from "../case/case-job.ts";
import type { OracleAnswers, RangeAnswers, Rooflines } from "../case/shared-answers.ts";
import type { Starts } from "../case/starts.ts";
import type { Scenarios } from "../serving/scenarios.ts";
import type { CasePlan } from "../plan/case-plan.ts";

/** What the cases of a run have in common. */
export interface RunContext extends JobContext {
  readonly weights: RunWeights;
  /** The models' files of the run, with the inputs that they are given. */
  readonly models: readonly FedModel[];
  /** The differences that the machine can tell, or null where the machine was not calibrated. */
  readonly calibration: CalibrationRecord | null;
  readonly hosts: OpenHosts;
  readonly signal: AbortSignal;
}

/** Who is told how far a run is. */
export interface RunObserver {
  /** Called before cases that are measured together. */
  start(plans: readonly CasePlan[]): void;
  update(progress: JobProgress): void;
  /** Called with the records of the cases that were started, in their order. */
  end(records: readonly CaseRecord[]): void;
  /** Takes something that a person should know, in words. */
  note(text: string): void;
  /** Called last, also where the run was cut short. */
  close(): void;
}

/** What the groups of a run share. */
export interface RunTools {
  readonly oracle: OracleAnswers;
  readonly ranges: RangeAnswers;
  readonly truths: ModelTruths;
  readonly rooflines: Rooflines;
  readonly starts: Starts;
  readonly scenarios: Scenarios;
  /** The keys of the pairs that are started in fresh processes or browsers. */
  readonly startedPairs: ReadonlySet<string>;
  readonly progress: RunObserver;
}
