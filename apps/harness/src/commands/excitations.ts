import { join, relative } from "node:path";
import { interruptible, say } from "@sebench/cli";
import { type ExcitationsRecord, replaceFile, writeExcitations } from "@sebench/results";
import { describeExcitations } from "../excitations/describe-excitations.ts";
import {
  type ExcitationsFlags,
  type ExcitationsRequest,
  readExcitationsRequest,
} from "../excitations/excitations-request.ts";
import { clearProgress } from "../infer/image-progress.ts";
import { observeExcitations } from "../excitations/observe-excitations.ts";
import { JobError } from "../host.ts";
import { openTargets } from "../open-targets.ts";
import { terminalOptions } from "../terminal-options.ts";

const interruptedCode = 130;

/** Reads a network's gates, fixes each in turn, reports, and gives the exit code. */
export async function excitations(flags: ExcitationsFlags): Promise<number> {
  const started = new Date().toISOString();
  const request = await readExcitationsRequest(flags);
  const folder =
    flags.out ?? join("results", `${started.slice(0, 19).replaceAll(":", "-")}-excitations`);
  // Before hours of work: whether the folder can be written to.
  await replaceFile(join(folder, "excitations.md"), "This run has not come to its end.\n");
  // Ctrl-C in a terminal ends tsx's compiler too, and nothing can be loaded after it.
  await import("@sebench/report");
  let record: ExcitationsRecord | null = null;
  try {
    const interrupted = await interruptible(async (signal) => {
      record = await read(request, started, signal);
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

async function read(
  request: ExcitationsRequest,
  started: string,
  signal: AbortSignal,
): Promise<ExcitationsRecord> {
  await using opened = await openTargets(request.options, signal);
  const [{ runtime, host: name, availability }] = opened.targets as [(typeof opened.targets)[0]];
  if (!availability.ok) {
    const { reason, remedy } = availability;
    throw new JobError(`${runtime} is not available: ${reason}`, { remedy });
  }
  const host = opened.hosts.of(name);
  const found = await observeExcitations(request, host, signal);
  const answering = {
    runtime,
    host: name,
    engineVersion: availability.version,
    hostVersion: host.version,
  };
  return describeExcitations(request, found, answering, started);
}

function tellFailure({ message, remedy }: JobError): number {
  clearProgress();
  say(`error: ${message}`);
  if (remedy !== null) say(`       ${remedy}`);
  return 1;
}

async function conclude(folder: string, record: ExcitationsRecord, json: boolean): Promise<void> {
  const { excitationsHtml, excitationsMarkdown, excitationsTable } =
    await import("@sebench/report");
  await writeExcitations(folder, record);
  await replaceFile(join(folder, "excitations.md"), excitationsMarkdown(record));
  await replaceFile(join(folder, "excitations.html"), excitationsHtml(record));
  if (json) {
    console.log(JSON.stringify(record));
    return;
  }
  console.log(excitationsTable(record, terminalOptions()));
  console.log(`\nReport: ${relative(process.cwd(), join(folder, "excitations.html"))}`);
}
