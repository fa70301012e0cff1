import {
  type BisectionContext,
  bisectNetwork,
  defaultSeed,
  openTargets,
  planNetworks,
  withTunings,
} from "@sebench/bench";
import { interruptible, say } from "@sebench/cli";
import { JobError } from "@sebench/jobs";
import type { BisectionRow } from "@sebench/report";
import { readRunOptions, type RunFlags } from "../flags/run-flags.ts";
import { clearProgress, soakProgress } from "../words/progress.ts";
import { terminalOptions } from "../words/terminal.ts";
import { type Asked, openWeights, weightsOf } from "../measuring/asked-weights.ts";

export type BisectFlags = Omit<RunFlags, "profile" | "shard" | "resume" | "out">;

const interruptedCode = 130;

/** What was found, and whether any network that was asked for could not be looked at. */
interface Outcome {
  readonly rows: BisectionRow[];
  failed: boolean;
}

/** Finds where networks go wrong on runtimes, prints it, and gives the exit code: 1 where one does. */
export async function bisect(flags: BisectFlags): Promise<number> {
  const asked = await openWeights(await withTunings(readRunOptions(flags)));
  // Ctrl-C in a terminal ends tsx's compiler too, and nothing can be loaded after it.
  const { bisectionText } = await import("@sebench/report");
  const outcome: Outcome = { rows: [], failed: false };
  const interrupted = await interruptible((signal) => bisectAll(asked, outcome, signal));
  clearProgress();
  const { rows, failed } = outcome;
  if (flags.json) console.log(JSON.stringify(rows));
  else if (rows.length > 0) console.log(bisectionText(rows, terminalOptions()));
  if (interrupted) return interruptedCode;
  return failed || rows.some(({ parity }) => !parity.pass) ? 1 : 0;
}

async function bisectAll(asked: Asked, outcome: Outcome, signal: AbortSignal): Promise<void> {
  const { options } = asked;
  await using opened = await openTargets(options, { signal, tell: say });
  const { selection } = options;
  const lowerings = selection.lowerings ?? ["gemm"];
  const plans = planNetworks({ selection: { ...selection, lowerings } }, opened.targets);
  const onProgress = soakProgress();
  const onNode: BisectionContext["onNode"] = ({ node, error }) => {
    clearProgress();
    say(`  ${node.name}: off by ${error.relative.toExponential(1)}`);
  };
  const weights = weightsOf(asked, options.seed ?? defaultSeed);
  const context = { options, weights, hosts: opened.hosts, signal, onProgress, onNode };
  for (const [index, plan] of plans.entries()) {
    const { runtime } = plan.target;
    say(`[${index + 1}/${plans.length}] ${runtime}: ${plan.plan.network}, ${plan.member}`);
    try {
      outcome.rows.push(await bisectNetwork(context, plan));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof JobError)) throw error;
      outcome.failed ||= options.targetsNamed || plan.target.availability.ok;
      clearProgress();
      say(`failed: ${error.message}`);
      if (error.remedy !== null) say(`        ${error.remedy}`);
    }
  }
}
