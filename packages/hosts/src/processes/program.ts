import type { Host } from "@sebench/runtime";

/** The hosts that are a program, started anew for each job; the others are browsers. */
export type ProgramName = Extract<Host, "node" | "bun" | "deno">;

/** A program that starts. */
export interface ProgramFound {
  readonly ok: true;
  readonly name: ProgramName;
  readonly executablePath: string;
  /** As it calls it: `v20.20.2` for Node, `1.4.5` for Bun. */
  readonly version: string;
}

export interface ProgramMissing {
  readonly ok: false;
  readonly reason: string;
  readonly remedy: string;
}

/** The one that runs the harness. */
export const thisNode: ProgramFound = {
  ok: true,
  name: "node",
  executablePath: process.execPath,
  version: process.version,
};

interface ProgramRow {
  /** What stands before the path of a TypeScript file to run. */
  readonly switches: readonly string[];
  /** What to do where a job's process does not come to its answer. */
  readonly remedy: string;
}

/** The ending of this package's own files: TypeScript in the repository, JavaScript where it was built. */
export const sourceEnding = import.meta.url.endsWith(".ts") ? ".ts" : ".js";

export const programs: Readonly<Record<ProgramName, ProgramRow>> = {
  node: {
    switches: sourceEnding === ".ts" ? ["--import", import.meta.resolve("tsx/esm")] : [],
    remedy: "reinstall the dependencies: npx -y pnpm@10.34.9 install --force",
  },
  bun: {
    // Else it would fetch a package that it does not find.
    switches: ["--no-install"],
    remedy: "name another Bun, such as 1.4.5: SEBENCH_BUN=PATH",
  },
  deno: {
    // The packages are pnpm's, and so is the lock file.
    switches: ["run", "--allow-all", "--quiet", "--no-lock", "--node-modules-dir=manual"],
    remedy: "name another Deno, such as 2.9.6: SEBENCH_DENO=PATH",
  },
};
