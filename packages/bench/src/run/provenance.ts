import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describeMachine, type RunRecord } from "@sebench/results";
import { shellQuoted } from "@sebench/spec";

/** What made a record: the command as it was typed, sebench's version, and its commit. */
export async function provenance() {
  return {
    sebench: version,
    git: await gitState(),
    command: [built ? "npx sebench" : "pnpm bench", ...process.argv.slice(2).map(shellQuoted)].join(
      " ",
    ),
  };
}

/** When a record was made, by what, and on which machine. */
export async function originOf(started: string) {
  return {
    run: { started, finished: new Date().toISOString(), ...(await provenance()) },
    machine: await describeMachine(),
  };
}

const execute = promisify(execFile);

/** Whether this code is the published package, built, and not the repository. */
const built = import.meta.url.endsWith(".js");

/** The folder whose checkout a record names: the repository's, or that of the package's user. */
const checkout = built ? process.cwd() : import.meta.dirname;

/** The state of the checkout that a run belongs to, or null outside a checkout or without git. */
async function gitState(): Promise<RunRecord["run"]["git"]> {
  try {
    const options = { cwd: checkout };
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

/** The branch that is checked out, or null where it is a bare commit, as in CI. */
async function branch(): Promise<string | null> {
  const { stdout } = await execute("git", ["branch", "--show-current"], {
    cwd: checkout,
  });
  return stdout.trim() || null;
}

const manifest = new URL("../../package.json", import.meta.url);

/** The version of sebench. */
const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
