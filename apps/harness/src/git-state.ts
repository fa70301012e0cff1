import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** The checkout that this code is in; null outside one, or without git. */
export async function gitState(): Promise<{ commit: string; dirty: boolean } | null> {
  try {
    const options = { cwd: import.meta.dirname };
    const head = await execute("git", ["rev-parse", "HEAD"], options);
    const status = await execute("git", ["status", "--porcelain"], options);
    return { commit: head.stdout.trim(), dirty: status.stdout.trim() !== "" };
  } catch {
    return null;
  }
}
