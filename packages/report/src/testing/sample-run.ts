import { readFileSync } from "node:fs";
import { type CaseRecord, type OkCase, parseResults, type RunRecord } from "@sebench/results";

const file = new URL("../../fixtures/run.json", import.meta.url);

/** A made-up run with every kind of row, from fixtures/run.json. */
export const sampleRun: RunRecord = parseResults(readFileSync(file, "utf8"), "fixtures/run.json");

/** A case of the sample run that ran, by the beginning of its id. */
export function sampleCase(id: string): OkCase {
  const found = sampleRun.cases.find((record) => record.id.startsWith(id));
  if (found?.status !== "ok") throw new Error(`no case of the sample run that ran is ${id}`);
  return found;
}

/** The sample run with these cases in place of its own. */
export function runOf(...cases: readonly CaseRecord[]): RunRecord {
  return { ...sampleRun, cases };
}
