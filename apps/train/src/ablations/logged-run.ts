import { InputError } from "@sebench/spec";
import type { LogEntry, TestResult } from "../training/log.ts";
import type { TrainingSettings } from "../training/settings.ts";

/** How a run has ended, if it has. */
export type Outcome =
  | { readonly kind: "trained"; readonly test: TestResult }
  /** The run diverged at `step`, counted from 1. */
  | { readonly kind: "diverged"; readonly step: number }
  | { readonly kind: "unfinished" };

/** What a log says of its run. */
export interface LoggedRun {
  readonly settings: TrainingSettings;
  readonly stepsPerEpoch: number;
  readonly outcome: Outcome;
  /** Whether the run's weights were removed once it had ended. */
  readonly removed: boolean;
}

/**
 * Reads a run from the entries of its log.
 *
 * @param path the log's path, for the error
 * @throws InputError where the log does not begin with the settings
 */
export function loggedRun([start, ...entries]: readonly LogEntry[], path: string): LoggedRun {
  if (start?.kind !== "start") {
    throw new InputError(`${path} does not begin with the settings of its run`, {
      remedy: "remove its folder and train that run anew",
    });
  }
  const { settings, stepsPerEpoch } = start;
  const removed = entries.some(({ kind }) => kind === "removed");
  return { settings, stepsPerEpoch, outcome: outcomeOf(entries, settings), removed };
}

function outcomeOf(entries: readonly LogEntry[], { epochs }: TrainingSettings): Outcome {
  for (const entry of entries) {
    if (entry.kind === "diverged") return { kind: "diverged", step: entry.step };
    const last = entry.kind === "epoch" && entry.epoch === epochs;
    if (last && entry.test !== null) return { kind: "trained", test: entry.test };
  }
  return { kind: "unfinished" };
}

/**
 * How the settings of a run differ from those that are wanted, in words: `epochs 5, not
 * 4`. The text is empty where they do not differ.
 */
export function settingsDifference(run: TrainingSettings, wanted: TrainingSettings): string {
  const keys = Object.keys(wanted) as (keyof TrainingSettings)[];
  return keys
    .filter((key) => run[key] !== wanted[key])
    .map((key) => `${key} ${run[key]}, not ${wanted[key]}`)
    .join("; ");
}
