import { join, relative } from "node:path";
import { type Subject, openTargets, type RunOptions, type ProbedTarget } from "@sebench/bench";
import { interruptible, say } from "@sebench/cli";
import { JobError } from "@sebench/jobs";
import { replaceFile } from "@sebench/results";
import { clearProgress } from "../words/progress.ts";
import { terminalOptions } from "../words/terminal.ts";

const interruptedCode = 130;

/** A look into one network on one runtime, which ends in a record. */
export interface Study<Found> {
  /** Of its files: `explanation`. */
  readonly name: string;
  /** With one target. */
  readonly options: RunOptions;
  /** @param started when, as records have it. Where it fails, the error is a `JobError`. */
  look(subject: Subject, started: string, signal: AbortSignal): Promise<Found>;
  write(folder: string, found: Found): Promise<void>;
  /** Loaded before the work begins. */
  forms(): Promise<StudyForms<Found>>;
}

/** A record's reports. */
interface StudyForms<Found> {
  markdown(found: Found): string;
  html(found: Found): string;
  table(found: Found, options: ReturnType<typeof terminalOptions>): string;
}

/** Runs a study, writes its record and reports, and gives the exit code. */
export async function runStudy<Found>(
  study: Study<Found>,
  { out, json = false }: { readonly out?: string; readonly json?: boolean },
): Promise<number> {
  const { name } = study;
  const started = new Date().toISOString();
  const folder = out ?? join("results", `${started.slice(0, 19).replaceAll(":", "-")}-${name}`);
  // Before hours of work: whether the folder can be written to.
  await replaceFile(join(folder, `${name}.md`), "This run has not come to its end.\n");
  // Ctrl-C in a terminal ends tsx's compiler too, and nothing can be loaded after it.
  const forms = await study.forms();
  let found: Found;
  try {
    const interrupted = await interruptible(async (signal) => {
      found = await lookAt(study, started, signal);
    });
    if (interrupted) return interruptedCode;
  } catch (error) {
    if (error instanceof JobError) return tellFailure(error);
    throw error;
  } finally {
    clearProgress();
  }
  await study.write(folder, found!);
  await replaceFile(join(folder, `${name}.md`), forms.markdown(found!));
  await replaceFile(join(folder, `${name}.html`), forms.html(found!));
  if (json) {
    console.log(JSON.stringify(found!));
    return 0;
  }
  console.log(forms.table(found!, terminalOptions()));
  console.log(`\nReport: ${relative(process.cwd(), join(folder, `${name}.html`))}`);
  return 0;
}

async function lookAt<Found>(
  { options, look }: Study<Found>,
  started: string,
  signal: AbortSignal,
): Promise<Found> {
  await using opened = await openTargets(options, { signal, tell: say });
  const [target] = opened.targets as [ProbedTarget];
  const { runtime, availability } = target;
  if (!availability.ok) {
    const { reason, remedy } = availability;
    throw new JobError(`${runtime} is not available: ${reason}`, { remedy });
  }
  const host = opened.hosts.of(target.host);
  const answering = {
    runtime,
    host: target.host,
    engineVersion: availability.version,
    hostVersion: host.version,
  };
  // Not before it has ended are the hosts closed.
  return await look({ target, host, answering }, started, signal);
}

function tellFailure({ message, remedy }: JobError): number {
  clearProgress();
  say(`error: ${message}`);
  if (remedy !== null) say(`       ${remedy}`);
  return 1;
}
