import { readFileSync } from "node:fs";

/** The open files that the command line alone needs; engines and browsers may need more. */
const leastOpenFiles = 128;

/** The limit of open files, as Linux tells it; Node has raised it as far as it may. */
function openFilesLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}

const limit = openFilesLimit();
if (limit < leastOpenFiles) {
  console.error(`error: only ${limit} files may be open at a time (ulimit -n), which are too few`);
  console.error("       allow more with `ulimit -n 4096`, in a new shell if this one refuses");
  process.exit(2);
}

// Loading opens hundreds of files, so nothing else is loaded before the limit is known.
const { runCli } = await import("@sebench/cli");
const { buildCli } = await import("./cli/cli.ts");
await runCli(
  buildCli((code) => {
    process.exitCode = code;
  }),
);
