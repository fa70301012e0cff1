import { Worker } from "node:worker_threads";

/** The time after which an input counts as hung. */
const limitMs = 30_000;

/** The watching thread's program, as text, since tsx compiles no files for other threads. */
const program = `
const { writeSync } = require("node:fs");
const { names, at, limitMs } = require("node:worker_threads").workerData;
let seen = "";
let since = performance.now();
setInterval(() => {
  const now = at.join(" ");
  if (now !== seen) [seen, since] = [now, performance.now()];
  if (performance.now() - since < limitMs) return;
  writeSync(2, \`hung: \${names[at[0]]}, input \${at[1]}: no answer for \${limitMs / 1000} s\\n\`);
  process.kill(process.pid, "SIGKILL");
}, 1000);
`;

/**
 * Watches from another thread, since a loop without end holds up this one, and ends the process
 * with a word on the input that hangs.
 */
export function watchHangs(names: readonly string[]): (reader: string, index: number) => void {
  const at = new Int32Array(new SharedArrayBuffer(8));
  new Worker(program, { eval: true, workerData: { names, at, limitMs } }).unref();
  return (reader, index) => {
    at[0] = names.indexOf(reader);
    at[1] = index;
  };
}
