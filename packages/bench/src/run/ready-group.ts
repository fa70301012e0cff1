import type { JobHost, Watch } from "@sebench/hosts";
import type { CaseMembers } from "@sebench/jobs";
import type { WeightsOrigin } from "@sebench/results";
import { formsOfPair, pairOf, rangesOf } from "../case/case-job.ts";
import { type PairTruth, type Reference, truthOf } from "../case/case-proof.ts";
import type { Ranges } from "../case/shared-answers.ts";
import type { StartsAsked } from "../case/starts.ts";
import { filesOf, normalisedFiles } from "../models/model-truth.ts";
import { normalisedForm } from "../models/plan-models.ts";
import type { CasePlan, ModelPlan, NetworkPlan } from "../plan/case-plan.ts";
import type { RunContext, RunTools } from "./run-context.ts";

/** The longest that the oracle may take for a pair, in milliseconds. */
const oracleTimeoutMs = 30 * 60_000;

/** What must be at hand before a host is asked about the members of cases. */
export interface ReadyGroup {
  readonly host: JobHost;
  readonly members: CaseMembers;
  readonly truth: PairTruth;
  readonly origin: WeightsOrigin;
  readonly reference: Reference;
  readonly oracleWatch: Watch;
  /** What is known of networks alone, or null of a model's file. */
  readonly networks: ReadyNetworks | null;
}

export interface ReadyNetworks extends Pick<
  StartsAsked,
  "plan" | "pair" | "ranges" | "host" | "oracle"
> {
  readonly plans: readonly NetworkPlan[];
  /** The ranges of each form. */
  readonly allRanges: readonly Ranges[];
}

export async function readyGroup(
  context: RunContext,
  plans: readonly CasePlan[],
  tools: RunTools,
): Promise<ReadyGroup> {
  const oracleWatch = oracleWatchOf(context, tools);
  const [plan] = plans as readonly [CasePlan];
  return plan.model === null
    ? readyNetworks(context, plans as readonly NetworkPlan[], oracleWatch, tools)
    : readyModel(context, plan, oracleWatch, tools);
}

export function oracleWatchOf(context: RunContext, { progress }: RunTools): Watch {
  return { ...watchFor(context, oracleTimeoutMs), onProgress: (event) => progress.update(event) };
}

async function readyNetworks(
  context: RunContext,
  plans: readonly NetworkPlan[],
  oracleWatch: Watch,
  tools: RunTools,
): Promise<ReadyGroup> {
  const [plan] = plans as readonly [NetworkPlan];
  const { source, origin } = await context.weights(plan);
  const pair = pairOf(plan, source);
  const oracle = await tools.oracle.of(pair, oracleWatch);
  const allRanges: Ranges[] = [];
  for (const each of plans) {
    allRanges.push(await rangesOf(each, pair, tools.ranges, oracleWatch));
  }
  const host = context.hosts.of(plan.host);
  return {
    host,
    members: formsOfPair(plans, pair, allRanges),
    truth: truthOf(oracle),
    origin,
    reference: "oracle",
    oracleWatch,
    networks: { plan, plans, pair, ranges: allRanges[0]!, allRanges, host, oracle },
  };
}

export async function readyModel(
  context: RunContext,
  plan: ModelPlan,
  oracleWatch: Watch,
  { truths, progress }: RunTools,
): Promise<ReadyGroup> {
  const fed = context.models.find(({ model }) => model === plan.model)!;
  const found = await truths.of(fed, oracleWatch);
  const { name, se, normalised } = plan.model;
  const isNormalised = plan.lowering === normalisedForm;
  if (found.still.length > 0 && !isNormalised) {
    progress.note(
      `${name}: ${found.still.join(", ")} hardly changes from input to input, so parity shows little there`,
    );
  }
  return {
    host: context.hosts.of(plan.host),
    members: isNormalised ? normalisedFiles(normalised!, fed) : filesOf(fed),
    // A model by itself is its own plain member, which nothing is held against.
    truth: { se: found.se, plain: found.plain ?? found.se },
    origin: { kind: "model", name, sha256: se.sha256 },
    reference: found.reference,
    oracleWatch,
    networks: null,
  };
}

export function watchFor({ signal }: Pick<RunContext, "signal">, timeoutMs: number): Watch {
  return { signal, timeoutMs, onProgress: () => {} };
}
