import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { RunRecord } from "@sebench/results";

const execute = promisify(execFile);

/** The checkout that this code is in; null outside one, or without git. */
export async function gitState(): Promise<RunRecord["run"]["git"]> {
  try {
    const options = { cwd: import.meta.dirname };
    const head = await execute("git", ["rev-parse", "HEAD"], options);
    const status = await execute("git", ["status", "--porcelain"], options);
    return {
      commit: head.stdout.trim(),
      dirty: status.stdout.trim() !== "",
      branch: process.env["GITHUB_HEAD_REF"] || process.env["GITHUB_REF_NAME"] || (await branch()),
    };
  } catch {
    return null;
  }
}

/** Null where a commit and no branch is checked out, as CI does. */
async function branch(): Promise<string | null> {
  const { stdout } = await execute("git", ["branch", "--show-current"], {
    cwd: import.meta.dirname,
  });
  return stdout.trim() || null;
}
