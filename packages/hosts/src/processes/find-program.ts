import { join } from "node:path";
import { damageOf, fetchArtifact, type FetchOptions, findArtifact } from "@sebench/artifacts";
import { InputError } from "@sebench/spec";
import { runCommand } from "./command.ts";
import { type NpmProgram, type OptionalProgram, optionalPrograms } from "./npm-program.ts";
import { type ProgramFound, type ProgramMissing, quietVariables } from "./program.ts";

export interface FindProgramOptions {
  /** The folder into which `fetchProgram` puts what it fetches. */
  readonly cacheDirectory: string;
  /** The variables on top of the process's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * Finds a program: the one that its variable names, else the first on PATH, else the one that was
 * fetched earlier.
 *
 * @throws InputError where the variable names one that does not start
 */
export async function findProgram(
  name: OptionalProgram,
  { cacheDirectory, environment = {} }: FindProgramOptions,
): Promise<ProgramFound | ProgramMissing> {
  const { title, variable } = optionalPrograms[name];
  const named = environment[variable] ?? process.env[variable];
  if (named) {
    const answer = await ask(name, named, environment);
    if (answer.ok) return answer;
    throw new InputError(`$${variable} ${named} does not start: ${answer.reason}`, {
      remedy: `give ${variable} the path of ${title}, or unset it`,
    });
  }
  const onPath = await ask(name, name, environment);
  const fetched = onPath.ok ? null : await fetchedExecutable(name, cacheDirectory);
  const answer = fetched === null ? onPath : await ask(name, fetched, environment);
  if (answer.ok) return answer;
  const npm = npmProgramOf(name);
  const damage =
    npm && (await damageOf(npm.artifact, cacheDirectory, { thorough: fetched !== null }));
  const fetchIt = `pnpm bench doctor --fix --host ${name} fetches it; or `;
  return missing(name, damage ?? answer.reason, npm === null ? "" : fetchIt);
}

/** Fetches a program into the cache. A failure is a value; only an interrupt is thrown. */
export async function fetchProgram(
  name: OptionalProgram,
  options: FetchOptions,
): Promise<ProgramFound | ProgramMissing> {
  const npm = npmProgramOf(name);
  if (npm === null) return missing(name, `npm has none for ${process.platform} ${process.arch}`);
  options.onProgress(`fetching ${optionalPrograms[name].title} ${npm.artifact.version}`);
  try {
    const folder = await fetchArtifact(npm.artifact, options);
    const answer = await ask(name, join(folder, npm.file), {});
    return answer.ok ? answer : missing(name, answer.reason);
  } catch (error) {
    options.signal?.throwIfAborted();
    return missing(name, (error as Error).message);
  }
}

function npmProgramOf(name: OptionalProgram): NpmProgram | null {
  return optionalPrograms[name].npm[`${process.platform}-${process.arch}`] ?? null;
}

async function fetchedExecutable(
  name: OptionalProgram,
  cacheDirectory: string,
): Promise<string | null> {
  const npm = npmProgramOf(name);
  if (npm === null) return null;
  const folder = await findArtifact(npm.artifact, cacheDirectory);
  return folder && join(folder, npm.file);
}

function missing(name: OptionalProgram, cause: string, first = ""): ProgramMissing {
  const { title, site, variable } = optionalPrograms[name];
  return {
    ok: false,
    reason: `no ${title} that starts: ${cause}`,
    remedy: `${first}install it (${site}), or name one with ${variable}=PATH`,
  };
}

const askLimitMs = 20_000;

/**
 * Asks a program for its own path and version. A command on PATH may be a script that starts the
 * program, and a script would not hand on the channel through which a job is answered.
 */
async function ask(
  name: OptionalProgram,
  command: string,
  environment: Readonly<Record<string, string>>,
): Promise<ProgramFound | { readonly ok: false; readonly reason: string }> {
  const { evaluate, title } = optionalPrograms[name];
  const script = `console.log(JSON.stringify([process.execPath, process.versions.${name}]))`;
  try {
    const output = await runCommand(command, [evaluate, script], {
      environment: { ...environment, ...quietVariables },
      timeLimitMs: askLimitMs,
    });
    const [executablePath, version] = JSON.parse(output) as readonly unknown[];
    if (typeof executablePath !== "string" || typeof version !== "string")
      return { ok: false, reason: `${command} is not ${title}` };
    return { ok: true, name, executablePath, version };
  } catch (error) {
    const { message } = error as Error;
    return { ok: false, reason: message.endsWith("ENOENT") ? `${command} is not found` : message };
  }
}
