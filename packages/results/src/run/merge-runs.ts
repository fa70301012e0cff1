import { describeScenarios } from "../serving/serving-record.ts";
import { InputError } from "@sebench/spec";
import type { Budget } from "../budget/budget.ts";
import { budgetsOf, judgedBudgets } from "../budget/judgement.ts";
import { type CaseRecord, isDone, ran, type RanCase } from "../case/case-record.ts";
import { describeWeights, sameWeights } from "../case/weights-origin.ts";
import type { RunRecord } from "./run-record.ts";

/** A part of a run, and the name of where it was read. */
export interface RunPart {
  readonly source: string;
  readonly record: RunRecord;
}

export interface MergedRuns {
  /**
   * The merged runs, one for each machine, since latencies of different machines are in no
   * ranking together.
   */
  readonly runs: readonly RunRecord[];
  /** The shards of which no part was given, such as `2/4`. */
  readonly missing: readonly string[];
}

/**
 * Joins the parts of one run. They must have been asked the same: profile, seed,
 * version, commit and weights. A case that ran is taken over one that did not.
 *
 * @param parts The parts, at least one.
 * @throws InputError if they are not parts of one run
 */
export function mergeRuns(parts: readonly RunPart[]): MergedRuns {
  for (const part of parts.slice(1)) requireSameRun(parts[0]!, part);
  const keys = new Set(parts.map(({ record }) => record.machine.key));
  const runs = [...keys].map((key) =>
    mergeMachine(parts.filter(({ record }) => record.machine.key === key)),
  );
  return { runs, missing: missingShards(parts) };
}

function requireSameRun(one: RunPart, other: RunPart): void {
  const aspects = {
    profile: (run: RunRecord["run"]) => run.profile,
    seed: (run: RunRecord["run"]) => run.seed,
    budget: (run: RunRecord["run"]) => run.budgetSeconds ?? "by profile",
    scenarios: ({ scenarios }: RunRecord["run"]) =>
      scenarios ? describeScenarios(scenarios) : "none",
    "version of sebench": (run: RunRecord["run"]) => run.sebench,
    commit: ({ git }: RunRecord["run"]) =>
      git === null ? "none" : `${git.commit}${git.dirty ? " with changes" : ""}`,
    "number of shards": (run: RunRecord["run"]) => run.shard?.of ?? "none",
  };
  for (const [name, read] of Object.entries(aspects)) {
    const [here, there] = [read(one.record.run), read(other.record.run)];
    if (here !== there) throw notOneRun(one, other, `${name} ${here} and ${there}`);
  }
  for (const record of casesThatRan(one)) {
    const against = casesThatRan(other).find((each) => !weightsFit(record, each));
    if (against === undefined) continue;
    const [here, there] = [record, against].map(({ weights }) => describeWeights(weights));
    throw notOneRun(one, other, `weights ${here} and ${there}`);
  }
}

function casesThatRan({ record }: RunPart): RanCase[] {
  return record.cases.filter(ran);
}

/**
 * Whether one run may have both cases: all cases of a run have the same weights,
 * except that trained ones ship for some pairs, and the others are then seeded.
 */
function weightsFit(one: RanCase, other: RanCase): boolean {
  const kinds = new Set([one, other].map(({ weights }) => weights.kind));
  const samePair = one.network === other.network && one.imageSize === other.imageSize;
  if (!samePair && kinds.has("trained") && !kinds.has("checkpoint")) return true;
  return sameWeights(one.weights, other.weights);
}

function notOneRun(one: RunPart, other: RunPart, difference: string): InputError {
  return new InputError(
    `${one.source} and ${other.source} are not parts of one run: ${difference}`,
    { remedy: "merge only what the shards of one run have written" },
  );
}

/**
 * The weights by which one record is kept of a case that several parts hold: one that was timed,
 * or else one that ran, or else one that was tried.
 */
const weight: Readonly<Record<CaseRecord["status"], number>> = {
  ok: 3,
  untimed: 2,
  alone: 2,
  failed: 1,
  unavailable: 0,
};

function mergeMachine(parts: readonly RunPart[]): RunRecord {
  const cases = new Map<string, { readonly record: CaseRecord; readonly source: string }>();
  for (const { source, record: part } of parts) {
    for (const record of part.cases) {
      const known = cases.get(record.id);
      if (known && isDone(known.record) && known.record.status === record.status) {
        throw new InputError(`${known.source} and ${source} both hold ${record.id}`, {
          remedy: "give each part once, and only those of one run",
        });
      }
      if (known === undefined || weight[record.status] > weight[known.record.status]) {
        cases.set(record.id, { record, source });
      }
    }
  }
  const runs = parts
    .map(({ record }) => record.run)
    .toSorted((a, b) => (a.started < b.started ? -1 : 1));
  const [first] = runs;
  const finished = runs.map((run) => run.finished);
  const joined = [...cases.values()].map(({ record }) => record);
  return {
    ...parts[0]!.record,
    run: {
      ...first!,
      finished: finished.some((moment) => moment === null) ? null : finished.toSorted().at(-1)!,
      interrupted: runs.some(({ interrupted }) => interrupted),
      shard: null,
      command: [...new Set(runs.map(({ command }) => command))].join(" + "),
    },
    cases: joined,
    ...judgedBudgets(allBudgets(parts), joined),
  };
}

/** The budgets of all parts, each once: a shard knows only its own cases. */
function allBudgets(parts: readonly RunPart[]): Budget[] {
  const all = parts.flatMap(({ record }) => budgetsOf(record));
  return [...new Map(all.map((budget) => [JSON.stringify(budget), budget])).values()];
}

function missingShards(parts: readonly RunPart[]): string[] {
  const of = parts[0]!.record.run.shard?.of ?? 0;
  const present = new Set(parts.map(({ record }) => record.run.shard?.index));
  return Array.from({ length: of }, (_, index) => index + 1)
    .filter((index) => !present.has(index))
    .map((index) => `${index}/${of}`);
}
