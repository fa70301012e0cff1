import { stat } from "node:fs/promises";
import { join } from "node:path";
import { formatJson } from "../record/format-json.ts";
import { readRecord, type RecordForm } from "../record/read-record.ts";
import { replaceFile } from "../record/replace-file.ts";
import { evaluationRecord, type EvaluationRecord, evaluationVersion } from "./evaluation-record.ts";

/** The name of the file that holds the record in an evaluation's folder. */
const evaluationFile = "evaluation.json";

const form: RecordForm<typeof evaluationRecord> = {
  schema: evaluationRecord,
  version: evaluationVersion,
  what: "an evaluation",
  remedy: "give the folder that `bench eval --out` wrote, or its evaluation.json",
};

/** Whether a folder, or a file itself, is an evaluation's and not a run's. */
export async function holdsEvaluation(path: string): Promise<boolean> {
  return (await evaluationPath(path)) !== null;
}

/** Reads the record of an evaluation from its file, or from the folder that holds it. */
export async function readEvaluation(path: string): Promise<EvaluationRecord> {
  return readRecord((await evaluationPath(path)) ?? join(path, evaluationFile), form);
}

export async function writeEvaluation(folder: string, record: EvaluationRecord): Promise<void> {
  await replaceFile(join(folder, evaluationFile), formatJson(record));
}

async function evaluationPath(path: string): Promise<string | null> {
  if (path.endsWith(evaluationFile)) return path;
  const inside = join(path, evaluationFile);
  return stat(inside).then(
    () => inside,
    () => null,
  );
}
