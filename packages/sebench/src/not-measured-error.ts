import type { FailedCase, UnavailableCase } from "@sebench/results";

/** The error of a pair that was not measured. */
export class NotMeasuredError extends Error {
  override readonly name = "NotMeasuredError";
  /** What a person can do about it, or null where nothing is known. */
  readonly remedy: string | null;
  /** What a run would have recorded: a failed case, or one that is unavailable. */
  readonly record: FailedCase | UnavailableCase;

  constructor(record: FailedCase | UnavailableCase) {
    const { runtime, host, network, status, reason, remedy } = record;
    const what = status === "failed" ? "failed" : "is unavailable";
    const advice = remedy === null ? "" : ` (${remedy})`;
    super(`${runtime} on ${host} for ${network} ${what}: ${reason}${advice}`);
    this.record = record;
    this.remedy = remedy;
  }
}
