import { join, relative } from "node:path";
import { type Subject, openTargets, type RunOptions, type ProbedTarget } from "@sebench/bench";
import { interruptible, say } from "@sebench/cli";
import { JobError } from "@sebench/jobs";
import { holdFile, replaceFile } from "@sebench/results";
import { clearProgress } from "../words/progress.ts";
import { terminalOptions } from "../words/terminal.ts";

const interruptedCode = 130;

/** A look into one network on one runtime, which ends in a record. */
export interface Study<Found> {
  /** The name of the study's files, such as `explanation`. */
  readonly name: string;
  /** The options of the study, which have one target. */
  readonly options: RunOptions;
  /**
   * Looks into the subject. Throws a `JobError` where that fails.
   *
   * @param started the time of the start, as records have it
   */
  look(subject: Subject, started: string, signal: AbortSignal): Promise<Found>;
  write(folder: string, found: Found): Promise<void>;
  /** Loads the forms of the reports, before the work begins. */
  forms(): Promise<StudyForms<Found>>;
}

/** The forms of a record's reports. */
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
  // Hours of work are lost if the folder cannot be written to, so that is found out first.
  await using held = await holdFile(join(folder, `${name}.json`), name);
  if (held.note !== null) say(held.note);
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
  // The hosts must stay open until the look has ended.
  return await look({ target, host, answering }, started, signal);
}

function tellFailure({ message, remedy }: JobError): number {
  clearProgress();
  say(`error: ${message}`);
  if (remedy !== null) say(`       ${remedy}`);
  return 1;
}
