import { type NpmProgram, npmBun, npmDeno } from "./npm-program.ts";
import type { ProgramName } from "./program.ts";

/** A program that need not be there, as Node is. */
export type OptionalProgram = Exclude<ProgramName, "node">;

interface OptionalProgramRow {
  readonly title: string;
  /** The environment's variable that names its executable. */
  readonly variable: string;
  /** What stands before a script that is given as text. */
  readonly evaluate: string;
  readonly site: string;
  /** By `process.platform` and `process.arch`: `linux-x64`. */
  readonly npm: Readonly<Record<string, NpmProgram>>;
}

export const optionalPrograms: Readonly<Record<OptionalProgram, OptionalProgramRow>> = {
  bun: {
    title: "Bun",
    variable: "SEBENCH_BUN",
    evaluate: "--eval",
    site: "https://bun.sh",
    npm: npmBun,
  },
  deno: {
    title: "Deno",
    variable: "SEBENCH_DENO",
    evaluate: "eval",
    site: "https://deno.com",
    npm: npmDeno,
  },
};
