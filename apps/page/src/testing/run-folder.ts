import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder for what the files of one run of the tests share, which the run's end removes. */
    readonly runFolder: string;
  }
}

/** Vitest calls this once for a run, and what it returns at the run's end. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "sebench-run-"));
  provide("runFolder", folder);
  return () => rm(folder, { recursive: true, force: true });
}
