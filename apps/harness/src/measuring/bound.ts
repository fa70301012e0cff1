import {
  Rooflines,
  RangeAnswers,
  type BoundContext,
  boundModel,
  type CasePlan,
  type FedModel,
  feedModels,
  isAsShipped,
  measureBound,
  planModels,
  openTargets,
  type RunOptions,
  planCases,
  type ProbedTarget,
  defaultSeed,
  profiles,
  withTunings,
} from "@sebench/bench";
import { interruptible, say } from "@sebench/cli";
import { JobError } from "@sebench/jobs";
import type { BoundedPair } from "@sebench/report";
import { readRunOptions, type RunFlags } from "../flags/run-flags.ts";
import { terminalOptions } from "../words/terminal.ts";

export type BoundFlags = Omit<RunFlags, "profile" | "shard" | "resume" | "out">;

const interruptedCode = 130;

/** The pairs that were measured, and whether any pair that was asked for was not. */
interface Outcome {
  readonly pairs: BoundedPair[];
  failed: boolean;
}

/** Measures overheads and their bounds, prints them, and gives the exit code. */
export async function bound(flags: BoundFlags): Promise<number> {
  const options = await withTunings(readRunOptions(flags));
  // Ctrl-C in a terminal ends tsx's compiler too, and nothing can be loaded after it.
  const { boundTable } = await import("@sebench/report");
  await using fed = await feedModels(options.models, options.seed ?? defaultSeed, say);
  const outcome: Outcome = { pairs: [], failed: false };
  const { models } = fed;
  const interrupted = await interruptible((signal) => measureAll(options, models, outcome, signal));
  if (flags.json) console.log(JSON.stringify(outcome.pairs));
  else if (outcome.pairs.length > 0) console.log(boundTable(outcome.pairs, terminalOptions()));
  if (interrupted) return interruptedCode;
  return outcome.failed ? 1 : 0;
}

async function measureAll(
  options: RunOptions,
  models: readonly FedModel[],
  outcome: Outcome,
  signal: AbortSignal,
): Promise<void> {
  await using opened = await openTargets(options, { signal, tell: say });
  const { hosts, targets } = opened;
  const available = targets.filter(({ availability }) => availability.ok);
  for (const target of targets) tellUnavailable(target);
  outcome.failed = options.targetsNamed && available.length < targets.length;
  const seed = options.seed ?? defaultSeed;
  const context: BoundContext = {
    options,
    hosts,
    signal,
    seed,
    ranges: new RangeAnswers(),
    rooflines: new Rooflines(),
  };
  const { selection } = options;
  const hasNetworks = models.length === 0 || selection.networks !== null;
  const cases: CasePlan[] = [
    ...planModels(available, profiles.quick, models, selection.seconds).filter(isAsShipped),
    ...(hasNetworks ? planCases(available, profiles.quick, selection) : []),
  ];
  for (const [index, plan] of cases.entries()) {
    say(`[${index + 1}/${cases.length}] ${plan.id}`);
    try {
      outcome.pairs.push(
        plan.model === null
          ? await measureBound(context, plan)
          : await boundModel(
              context,
              plan,
              models.find(({ model }) => model === plan.model)!,
            ),
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof JobError)) throw error;
      outcome.failed = true;
      say(`failed: ${error.message}`);
      if (error.remedy !== null) say(`        ${error.remedy}`);
    }
  }
}

function tellUnavailable({ runtime, availability }: ProbedTarget): void {
  if (availability.ok) return;
  say(`left out: ${runtime} is not available: ${availability.reason}`);
  say(`          ${availability.remedy}`);
}
