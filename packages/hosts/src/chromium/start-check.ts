import { chromium } from "playwright";
import { runCommand } from "../processes/command.ts";

interface NotStarted {
  readonly ok: false;
  readonly reason: string;
}

type VersionAnswer = { readonly ok: true; readonly version: string } | NotStarted;

/** The answer of an executable that was started. */
type StartAnswer =
  | {
      readonly ok: true;
      readonly version: string;
      /** `on` where the browser starts in its sandbox here, and otherwise `off` and why. */
      readonly sandbox: string;
    }
  | NotStarted;

export type StartCheck = (
  executablePath: string,
  environment: Readonly<Record<string, string>>,
) => Promise<StartAnswer>;

/** The time for a start, in milliseconds; a first start from a cold disk takes seconds. */
const timeLimitMs = 30_000;

/**
 * Starts the browser just far enough to tell its version, which shows that it
 * runs and that its shared libraries are there; then tries whether it starts in its sandbox.
 */
export const checkStart: StartCheck = async (executablePath, environment) => {
  const answer = await askVersion(executablePath, environment);
  if (!answer.ok) return answer;
  return { ...answer, sandbox: await trySandbox(executablePath, environment) };
};

const askVersion: (...asked: Parameters<StartCheck>) => Promise<VersionAnswer> = async (
  executablePath,
  environment,
) => {
  const { command, args, variables } = versionQuery(executablePath);
  try {
    const output = await runCommand(command, args, {
      environment: { ...environment, ...variables },
      timeLimitMs,
    });
    return readVersion(output);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
};

/**
 * Starts the browser in its sandbox. On Linux the sandbox needs a user other than root, and a
 * system that gives this user namespaces.
 */
async function trySandbox(
  executablePath: string,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  if (process.platform !== "linux") return "on";
  try {
    const browser = await chromium.launch({
      executablePath,
      chromiumSandbox: true,
      env: { ...process.env, ...environment } as Record<string, string>,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      timeout: timeLimitMs,
    });
    await browser.close();
    return "on";
  } catch (error) {
    return `off: ${whyUnsandboxed(error instanceof Error ? error.message : String(error))}`;
  }
}

/** The reason why Chromium does not start in its sandbox, from what it printed. */
export function whyUnsandboxed(output: string): string {
  if (/running as root/i.test(output)) return "Chromium refuses it to root";
  if (/no usable sandbox|namespace|setuid sandbox/i.test(output)) {
    return "the system gives this user no namespaces";
  }
  return output.trim().split("\n", 1)[0]!;
}

interface VersionQuery {
  readonly command: string;
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

function versionQuery(executablePath: string): VersionQuery {
  if (process.platform !== "win32") {
    return { command: executablePath, args: ["--version"], variables: {} };
  }
  // On Windows `--version` opens a window, so the properties of the file are asked.
  const script = "'Chromium ' + (Get-Item -LiteralPath $env:EXECUTABLE).VersionInfo.ProductVersion";
  return {
    command: "powershell",
    args: ["-NoProfile", "-NonInteractive", "-Command", script],
    variables: { EXECUTABLE: executablePath },
  };
}

/**
 * Reads the version in a line such as `Google Chrome 150.0.1.2`. Other programs have versions too,
 * so the name is checked.
 */
export function readVersion(output: string): VersionAnswer {
  const version = /\d+(?:\.\d+)+/.exec(output)?.[0];
  if (version !== undefined && /chrom|edge|brave|opera|vivaldi/i.test(output)) {
    return { ok: true, version };
  }
  const answer = output.trim().split("\n", 1)[0];
  return { ok: false, reason: `not built on Chromium: it answers "${answer}"` };
}
