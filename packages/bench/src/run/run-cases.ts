import { takeShard } from "@sebench/cli";
import { parseLowering } from "@sebench/lowering";
import { type CaseRecord, isDone, type RunRecord } from "@sebench/results";
import { OracleAnswers, RangeAnswers, Rooflines } from "../case/shared-answers.ts";
import { startedPairs, Starts } from "../case/starts.ts";
import { ModelTruths } from "../models/model-truth.ts";
import { planModels } from "../models/plan-models.ts";
import { Scenarios } from "../serving/scenarios.ts";
import { type CasePlan, planCases, type ProbedTarget } from "../plan/case-plan.ts";
import { pairKey } from "../plan/pair-key.ts";
import type { RunContext, RunObserver } from "./run-context.ts";
import { runGroup } from "./run-group.ts";

/**
 * The cases to run, in order. A shard has all forms of a pair or none, since they are measured
 * together.
 */
export function plannedCases(context: RunContext, targets: readonly ProbedTarget[]): CasePlan[] {
  const { options, profile, models } = context;
  const { selection } = options;
  // Beside models, networks are measured where they are named, and not the profile's choice.
  const hasNetworks = models.length === 0 || selection.networks !== null;
  const cases: CasePlan[] = [
    ...planModels(targets, profile, models, selection.seconds),
    ...(hasNetworks ? planCases(targets, profile, selection) : []),
  ];
  return options.shard === null ? cases : takeShard(groupsOf(cases), options.shard).flat();
}

/** Where the records of a run's cases go: a file, or the memory of a program. */
export interface CaseStore {
  readonly record: Pick<RunRecord, "cases">;
  append(record: CaseRecord): Promise<void>;
}

/** Runs each case that the store does not have, and writes it at once. */
export async function runCases(
  context: RunContext,
  targets: readonly ProbedTarget[],
  cases: readonly CasePlan[],
  store: CaseStore,
  watch: (left: readonly CasePlan[]) => RunObserver,
): Promise<void> {
  const done = new Set(store.record.cases.filter(isDone).map(({ id }) => id));
  const left = cases.filter(({ id }) => !done.has(id));
  const progress = watch(left);
  const tools = {
    oracle: new OracleAnswers(),
    ranges: new RangeAnswers(),
    truths: new ModelTruths(),
    rooflines: new Rooflines(),
    starts: new Starts(),
    scenarios: new Scenarios(),
    startedPairs: startedPairs(cases, context.profile.name),
    progress,
  };
  try {
    for (const plans of groupsOf(left)) {
      const { runtime, host } = plans[0]!;
      const { availability } = targets.find(
        (target) => target.runtime === runtime && target.host === host,
      )!;
      progress.start(plans);
      const records = await runGroup(context, plans, availability, tools);
      for (const record of records) await store.append(record);
      progress.end(records);
    }
  } finally {
    progress.close();
  }
}

/**
 * The cases in groups that differ in nothing but how SE is written, in their order. A form of the
 * activations is one of the plain network as well, so such cases are no group with others.
 */
function groupsOf(cases: readonly CasePlan[]): CasePlan[][] {
  const groups = new Map<string, CasePlan[]>();
  for (const plan of cases) {
    const plainForm =
      plan.model === null ? (parseLowering(plan.lowering).activation ?? "") : plan.lowering;
    const key = `${pairKey(plan)} ${plan.batch} ${plan.precision} ${plainForm}`;
    groups.set(key, [...(groups.get(key) ?? []), plan]);
  }
  return [...groups.values()];
}
