import {
  type CasePlan,
  defaultSeed,
  type FedModel,
  feedModels,
  isAsShipped,
  type ModelPlan,
  openTargets,
  planCases,
  planModels,
  type ProbedTarget,
  profiles,
  type RunOptions,
  type TunedPlan,
  tuneModel,
  tunePlan,
  tuningDirectory,
} from "@sebench/bench";
import { interruptible, say } from "@sebench/cli";
import { JobError } from "@sebench/jobs";
import { describeMachine, openTuning, type TuningStore } from "@sebench/results";
import { readTuneRequest, type TuneFlags } from "../flags/study-flags.ts";
import { describeStep } from "../words/progress.ts";
import { terminalOptions } from "../words/terminal.ts";

const interruptedCode = 130;

/** The cases that were tuned, and whether any case that was asked for was not. */
interface Outcome {
  readonly tuned: TunedPlan[];
  failed: boolean;
}

/** Finds the fastest lowering of each case, stores and prints it, and gives the exit code. */
export async function tune(flags: TuneFlags): Promise<number> {
  const options = readTuneRequest(flags);
  // Ctrl-C in a terminal ends tsx's compiler too, and nothing can be loaded after it.
  const { tuningTable } = await import("@sebench/report");
  await using store = await openTuning(options.out ?? tuningDirectory, await describeMachine());
  if (store.note !== null) say(store.note);
  await using fed = await feedModels(options.models, options.seed ?? defaultSeed, say);
  const outcome: Outcome = { tuned: [], failed: false };
  const { models } = fed;
  const interrupted = await interruptible((signal) =>
    tuneAll({ options, models, store, outcome, signal }),
  );
  const { tuned, failed } = outcome;
  if (flags.json) console.log(JSON.stringify(tuned));
  else if (tuned.length > 0) {
    console.log(
      tuningTable(
        tuned.map(({ tuning }) => tuning),
        terminalOptions(),
      ),
    );
  }
  say(store.path);
  if (interrupted) {
    say("Interrupted. What was tuned before is kept.");
    return interruptedCode;
  }
  return failed ? 1 : 0;
}

interface Tuning {
  readonly options: RunOptions;
  readonly models: readonly FedModel[];
  readonly store: TuningStore;
  readonly outcome: Outcome;
  readonly signal: AbortSignal;
}

async function tuneAll({ options, models, store, outcome, signal }: Tuning): Promise<void> {
  await using opened = await openTargets(options, { signal, tell: say });
  const { hosts, targets } = opened;
  for (const target of targets) tellUnavailable(target);
  const available = targets.filter(({ availability }) => availability.ok);
  outcome.failed = available.length < targets.length;
  const seed = options.seed ?? defaultSeed;
  const { selection } = options;
  const cases: CasePlan[] = [
    ...planModels(available, profiles.quick, models, selection.seconds).filter(isAsShipped),
    ...(selection.networks === null ? [] : planCases(available, profiles.quick, selection)),
  ];
  for (const [index, plan] of cases.entries()) {
    const { runtime, network, imageSize, batch, precision, seconds } = plan;
    const what = `${network}, ${imageSize} px, batch ${batch}, ${precision}`;
    say(`[${index + 1}/${cases.length}] ${runtime} on ${plan.host}: ${what}`);
    const { availability } = available.find(
      (target) => target.runtime === runtime && target.host === plan.host,
    )!;
    if (!availability.ok) continue;
    try {
      const context = { options, host: hosts.of(plan.host), seed, signal };
      const tuned =
        plan.model === null
          ? await tunePlan(context, plan, availability, (step) => say(describeStep(step, seconds)))
          : await tunedModel({ ...context, tell: say }, plan, models, availability);
      await store.put(tuned.tuning);
      outcome.tuned.push(tuned);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof JobError)) throw error;
      outcome.failed = true;
      say(`failed: ${error.message}`);
    }
  }
}

async function tunedModel(
  context: Parameters<typeof tuneModel>[0],
  plan: ModelPlan,
  models: readonly FedModel[],
  availability: Parameters<typeof tuneModel>[3],
): Promise<TunedPlan> {
  const fed = models.find(({ model }) => model === plan.model)!;
  return { tuning: await tuneModel(context, plan, fed, availability), trace: [] };
}

function tellUnavailable({ runtime, availability }: ProbedTarget): void {
  if (availability.ok) return;
  say(`left out: ${runtime} is not available: ${availability.reason}`);
  say(`          ${availability.remedy}`);
}
