import type { Watch } from "../host.ts";

/** Between lines where the output is no terminal, in milliseconds. */
const quietMs = 10_000;

/** Says how far a job's images are: on a terminal in a line that keeps changing, else now and then. */
export function imageProgress(what: string): Watch["onProgress"] {
  const { stderr } = process;
  let told = -Infinity;
  return (progress) => {
    if (progress.phase !== "images") return;
    const line = `${what}: image ${progress.done} of ${progress.total}`;
    if (stderr.isTTY) {
      stderr.write(`\r\u001B[K${line}`);
    } else if (performance.now() - told > quietMs) {
      told = performance.now();
      stderr.write(`${line}\n`);
    }
  };
}

/** Takes back what the last job still shows. */
export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
}
