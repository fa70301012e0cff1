import type { Watch } from "../host.ts";
import { describeProgress } from "../progress.ts";

/** Says on a terminal how far a case is; on anything else, a line for each replica. */
export function caseProgress(): Watch["onProgress"] {
  const { stderr } = process;
  let told = "";
  return (progress) => {
    const line = describeProgress(progress);
    if (stderr.isTTY) {
      stderr.write(`\r\u001B[K${line}`);
    } else if (progress.phase === "prepare" && line !== told) {
      told = line;
      stderr.write(`${line}\n`);
    }
  };
}
