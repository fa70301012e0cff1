import type { RunOptions } from "../run-options.ts";
import { readStudyOptions, requireOne, type StudyFlags } from "../study/one-runtime.ts";

/** The flags of `explain`, as the command line gives them. */
export type ExplainFlags = StudyFlags;

/** Time for the replicas where nobody says so, in seconds. */
const usualBudget = "60";

/** Throws an `InputError` for what cannot be explained. */
export function readExplainOptions(flags: ExplainFlags): RunOptions {
  const options = readStudyOptions({ budget: usualBudget, ...flags });
  const { lowerings } = options.selection;
  if (lowerings !== null) requireOne("--lowering", lowerings);
  return options;
}
