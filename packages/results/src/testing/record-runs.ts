/**
 * This program for tests records runs, one after the other, and says of each that it
 * is recorded. Its arguments are the folder and the ids of the runs.
 */
import { recordCases } from "../history/history-store.ts";
import { casesOfRun } from "./sample-summary.ts";

const [directory, ...runs] = process.argv.slice(2);
try {
  for (const run of runs) {
    await recordCases(directory!, casesOfRun(run));
    console.log(run);
  }
} catch (error) {
  const { name, message, remedy } = error as Error & { remedy: string | null };
  console.log(JSON.stringify({ name, message, remedy }));
  process.exitCode = 1;
}
