import {
  type BisectionContext,
  bisectModel,
  bisectNetwork,
  defaultSeed,
  type FedModel,
  feedModels,
  openTargets,
  planNetworks,
  type ProbedTarget,
  withTunings,
} from "@sebench/bench";
import { interruptible, say } from "@sebench/cli";
import { JobError } from "@sebench/jobs";
import type { BisectionRow } from "@sebench/report";
import { readRunOptions, type RunFlags } from "../flags/run-flags.ts";
import { clearProgress, soakProgress } from "../words/progress.ts";
import { terminalOptions } from "../words/terminal.ts";
import { type Asked, openWeights, weightsOf } from "../measuring/asked-weights.ts";

export interface BisectFlags extends Omit<RunFlags, "profile" | "shard" | "resume" | "out"> {
  readonly blocks?: boolean;
}

const interruptedCode = 130;

/** What was found, and whether any network that was asked for could not be looked at. */
interface Outcome {
  readonly rows: BisectionRow[];
  failed: boolean;
}

/** Finds where networks go wrong on runtimes, prints it, and gives the exit code: 1 where one does. */
export async function bisect(flags: BisectFlags): Promise<number> {
  const asked = await openWeights(await withTunings(readRunOptions(flags)));
  const { models, seed } = asked.options;
  await using fed = await feedModels(models, seed ?? defaultSeed, say);
  // Ctrl-C in a terminal ends tsx's compiler too, and nothing can be loaded after it.
  const { bisectionText } = await import("@sebench/report");
  const outcome: Outcome = { rows: [], failed: false };
  const wantsBlocks: BisectionContext["wantsBlocks"] = (precision) =>
    flags.blocks === true || precision === "int8";
  const interrupted = await interruptible((signal) =>
    bisectAll(asked, fed.models, { outcome, signal, wantsBlocks }),
  );
  clearProgress();
  const { rows, failed } = outcome;
  if (flags.json) console.log(JSON.stringify(rows));
  else if (rows.length > 0) console.log(bisectionText(rows, terminalOptions()));
  if (interrupted) return interruptedCode;
  return failed || rows.some(({ parity }) => !parity.pass) ? 1 : 0;
}

/** One search, with its name in messages. */
interface Search {
  readonly runtime: string;
  readonly title: string;
  /** Whether the runtime can run here. */
  readonly available: boolean;
  find(): Promise<BisectionRow>;
}

async function bisectAll(
  asked: Asked,
  models: readonly FedModel[],
  {
    outcome,
    signal,
    wantsBlocks,
  }: Pick<BisectionContext, "signal" | "wantsBlocks"> & { readonly outcome: Outcome },
): Promise<void> {
  const { options } = asked;
  await using opened = await openTargets(options, { signal, tell: say });
  const onNode: BisectionContext["onNode"] = ({ node, error }) => {
    clearProgress();
    say(`  ${node.name}: off by ${error.relative.toExponential(1)}`);
  };
  const weights = weightsOf(asked, options.seed ?? defaultSeed);
  const onProgress = soakProgress();
  const { hosts } = opened;
  const context = { options, weights, hosts, signal, onProgress, onNode, wantsBlocks };
  const searches = [
    ...searchesOfModels(context, opened.targets, models),
    ...(models.length > 0 && options.selection.networks === null
      ? []
      : searchesOfNetworks(context, opened.targets)),
  ];
  for (const [index, { runtime, title, available, find }] of searches.entries()) {
    say(`[${index + 1}/${searches.length}] ${runtime}: ${title}`);
    try {
      outcome.rows.push(await find());
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof JobError)) throw error;
      outcome.failed ||= options.targetsNamed || available;
      clearProgress();
      say(`failed: ${error.message}`);
      if (error.remedy !== null) say(`        ${error.remedy}`);
    }
  }
}

function searchesOfModels(
  context: BisectionContext,
  targets: readonly ProbedTarget[],
  models: readonly FedModel[],
): Search[] {
  return targets.flatMap((target) =>
    models.map((fed) => ({
      runtime: target.runtime,
      title: fed.model.name,
      available: target.availability.ok,
      find: () => bisectModel(context, target, fed),
    })),
  );
}

function searchesOfNetworks(context: BisectionContext, targets: readonly ProbedTarget[]): Search[] {
  const { selection } = context.options;
  const lowerings = selection.lowerings ?? ["gemm"];
  return planNetworks({ selection: { ...selection, lowerings } }, targets).map((plan) => ({
    runtime: plan.target.runtime,
    title: `${plan.plan.network}, ${plan.member}`,
    available: plan.target.availability.ok,
    find: () => bisectNetwork(context, plan),
  }));
}
