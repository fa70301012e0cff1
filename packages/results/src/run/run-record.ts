import { z } from "zod";
import { budgetJudgement } from "../budget/judgement.ts";
import { caseRecord } from "../case/case-record.ts";
import { scenarioRequest } from "../serving/serving-record.ts";
import { machineRecord } from "../machine/machine-record.ts";
import { count, moment, words } from "../record/quantity.ts";

/** The schema of a run that this version writes and reads. */
export const schemaVersion = "sebench/1";

/** The commit that was checked out, or null outside a checkout. */
export const git = z
  .strictObject({
    commit: z.string().regex(/^[0-9a-f]{40,64}$/),
    dirty: z.boolean(),
    /** The branch, or null if none is checked out. */
    branch: words.nullable().default(null),
  })
  .nullable();

/** The most shards that a run is divided into, as `--shard` has it too. */
const mostShards = 10_000;

export const shard = z
  .strictObject({ index: count.min(1), of: count.min(1).max(mostShards) })
  .refine(({ index, of }) => index <= of, {
    path: ["index"],
    error: "is greater than the number of shards",
  });

const run = z.strictObject({
  id: words,
  started: moment,
  /** The moment at which the last case was written, or null before; a run that crashed has none. */
  finished: moment.nullable(),
  /** Whether a person or a signal ended the run before its last case. */
  interrupted: z.boolean(),
  profile: z.enum(["smoke", "quick", "full"]),
  /** The seed of the weights and of the order of visits. */
  seed: count,
  git,
  /** The version of sebench. */
  sebench: words,
  /**
   * The seconds that `--budget` gives each case, or null where the profile decides; left out in records
   * from before it was kept.
   */
  budgetSeconds: z.number().positive().nullable().optional(),
  /**
   * The scenarios that each case is measured in, or null if none; left out in records from before they
   * were kept.
   */
  scenarios: scenarioRequest.nullable().optional(),
  /** The part of the cases that this run has, or null if it has all of them. */
  shard: shard.nullable().default(null),
  /** The command as it was typed: `pnpm bench --profile quick`. */
  command: words,
});

export const runRecord = z
  .strictObject({
    schema: z.literal(schemaVersion),
    run,
    machine: machineRecord,
    cases: z.array(caseRecord).readonly(),
    /** What became of the budgets that were set; left out where none were. */
    budgets: z.array(budgetJudgement).min(1).readonly().optional(),
  })
  .refine(({ cases }) => new Set(cases.map(({ id }) => id)).size === cases.length, {
    path: ["cases"],
    error: "holds a case twice",
  });
export type RunRecord = z.infer<typeof runRecord>;

/** A run before its first case. */
export type RunHeader = Pick<RunRecord, "run" | "machine">;
