import type { Host } from "@sebench/runtime";

/**
 * The hosts that are programs, which are started anew for each job; the other hosts are browsers.
 */
export type ProgramName = Extract<Host, "node" | "bun" | "deno">;

/** A program that has been shown to start. */
export interface ProgramFound {
  readonly ok: true;
  readonly name: ProgramName;
  readonly executablePath: string;
  /** The version as the program tells it: `v20.20.2` for Node, `1.4.5` for Bun. */
  readonly version: string;
}

export interface ProgramMissing {
  readonly ok: false;
  readonly reason: string;
  readonly remedy: string;
}

/** The Node that runs the harness. */
export const thisNode: ProgramFound = {
  ok: true,
  name: "node",
  executablePath: process.execPath,
  version: process.version,
};

interface ProgramRow {
  /** The arguments before the path of a TypeScript file to run. */
  readonly switches: readonly string[];
  /** The switch after them that lets a program collect its garbage. */
  readonly collecting: string;
  /** What a person can do where a job's process gives no answer. */
  readonly remedy: string;
}

/**
 * The ending of this package's own files: TypeScript in the repository, JavaScript in the published
 * package.
 */
export const sourceEnding = import.meta.url.endsWith(".ts") ? ".ts" : ".js";

/**
 * The variables by which programs and engines report nothing to their makers. They must be there
 * when a process starts: what a Worker is given, or Bun's `process.env`, does not reach a native
 * library.
 */
export const quietVariables: Readonly<Record<string, string>> = {
  // onnxruntime-node from 1.29 would start a thread, look hosts up, and keep models' names in files.
  ORT_DISABLE_TELEMETRY: "1",
  // Bun would send a report of a crash; the second variable is one that goes before the first.
  DO_NOT_TRACK: "1",
  BUN_ENABLE_CRASH_REPORTING: "0",
  DENO_NO_UPDATE_CHECK: "1",
};

export const programs: Readonly<Record<ProgramName, ProgramRow>> = {
  node: {
    switches: sourceEnding === ".ts" ? ["--import", import.meta.resolve("tsx/esm")] : [],
    collecting: "--expose-gc",
    remedy: "reinstall the dependencies: npx -y pnpm@10.34.9 install --force",
  },
  bun: {
    // Without this switch Bun would fetch a package that it does not find.
    switches: ["--no-install"],
    collecting: "--expose-gc",
    remedy: "name another Bun, such as 1.4.5: SEBENCH_BUN=PATH",
  },
  deno: {
    // The packages and the lock file are pnpm's, so Deno must not make its own.
    switches: ["run", "--allow-all", "--quiet", "--no-lock", "--node-modules-dir=manual"],
    collecting: "--v8-flags=--expose-gc",
    remedy: "name another Deno, such as 2.9.6: SEBENCH_DENO=PATH",
  },
};
