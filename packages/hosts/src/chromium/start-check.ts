import { runCommand } from "../processes/command.ts";

/** The answer of an executable that was asked for its version. */
export type StartAnswer =
  | { readonly ok: true; readonly version: string }
  | { readonly ok: false; readonly reason: string };

export type StartCheck = (
  executablePath: string,
  environment: Readonly<Record<string, string>>,
) => Promise<StartAnswer>;

/** The time for a start, in milliseconds; a first start from a cold disk takes seconds. */
const timeLimitMs = 30_000;

/**
 * Starts the browser just far enough to tell its version, which shows that it
 * runs and that its shared libraries are there.
 */
export const checkStart: StartCheck = async (executablePath, environment) => {
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
export function readVersion(output: string): StartAnswer {
  const version = /\d+(?:\.\d+)+/.exec(output)?.[0];
  if (version !== undefined && /chrom|edge|brave|opera|vivaldi/i.test(output)) {
    return { ok: true, version };
  }
  const answer = output.trim().split("\n", 1)[0];
  return { ok: false, reason: `not built on Chromium: it answers "${answer}"` };
}
