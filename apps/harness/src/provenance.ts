import { gitState } from "./git-state.ts";
import { shellQuoted } from "./shell-quoted.ts";
import { version } from "./version.ts";

/** What made a record: the command as it was typed, sebench's version, and its commit. */
export async function provenance() {
  return {
    sebench: version,
    git: await gitState(),
    command: ["pnpm bench", ...process.argv.slice(2).map(shellQuoted)].join(" "),
  };
}
