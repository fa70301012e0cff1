import { join, relative } from "node:path";
import { interruptible, say } from "@sebench/cli";
import { type ExplanationRecord, replaceFile, writeExplanation } from "@sebench/results";
import { describeExplanation } from "../explanation/describe-explanation.ts";
import { explainOn } from "../explanation/explain-on.ts";
import {
  type ExplainFlags,
  type ExplainRequest,
  readExplainRequest,
} from "../explanation/explain-request.ts";
import { JobError } from "../host.ts";
import { clearProgress } from "../infer/image-progress.ts";
import { openTargets } from "../open-targets.ts";
import { terminalOptions } from "../terminal-options.ts";
import { withTunings } from "../tuning/tuned-lowering.ts";

const interruptedCode = 130;

/** Takes the overhead of one case apart, reports, and gives the exit code. */
export async function explain(flags: ExplainFlags): Promise<number> {
  const started = new Date().toISOString();
  const read = readExplainRequest(flags);
  const request = { ...read, options: await withTunings(read.options) };
  const folder =
    flags.out ?? join("results", `${started.slice(0, 19).replaceAll(":", "-")}-explanation`);
  // Before a minute of work: whether the folder can be written to.
  await replaceFile(join(folder, "explanation.md"), "This run has not come to its end.\n");
  // Ctrl-C in a terminal ends tsx's compiler too, and nothing can be loaded after it.
  await import("@sebench/report");
  let record: ExplanationRecord | null = null;
  try {
    const interrupted = await interruptible(async (signal) => {
      record = await measure(request, started, signal);
    });
    if (interrupted) return interruptedCode;
  } catch (error) {
    if (error instanceof JobError) return tellFailure(error);
    throw error;
  } finally {
    clearProgress();
  }
  await conclude(folder, record!, flags.json ?? false);
  return 0;
}

async function measure(
  request: ExplainRequest,
  started: string,
  signal: AbortSignal,
): Promise<ExplanationRecord> {
  await using opened = await openTargets(request.options, signal);
  const [target] = opened.targets as [(typeof opened.targets)[0]];
  const { runtime, host: name, availability } = target;
  if (!availability.ok) {
    const { reason, remedy } = availability;
    throw new JobError(`${runtime} is not available: ${reason}`, { remedy });
  }
  const host = opened.hosts.of(name);
  const explained = await explainOn(request, target, host, signal);
  const answering = { engineVersion: availability.version, hostVersion: host.version };
  return describeExplanation(explained, answering, started);
}

function tellFailure({ message, remedy }: JobError): number {
  clearProgress();
  say(`error: ${message}`);
  if (remedy !== null) say(`       ${remedy}`);
  return 1;
}

async function conclude(folder: string, record: ExplanationRecord, json: boolean): Promise<void> {
  const { explanationHtml, explanationMarkdown, explanationTable } =
    await import("@sebench/report");
  await writeExplanation(folder, record);
  await replaceFile(join(folder, "explanation.md"), explanationMarkdown(record));
  await replaceFile(join(folder, "explanation.html"), explanationHtml(record));
  if (json) {
    console.log(JSON.stringify(record));
    return;
  }
  console.log(explanationTable(record, terminalOptions()));
  console.log(`\nReport: ${relative(process.cwd(), join(folder, "explanation.html"))}`);
}
