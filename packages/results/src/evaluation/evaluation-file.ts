import { stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { describeWeights, sameWeights } from "../case/weights-origin.ts";
import { formatJson } from "../record/format-json.ts";
import { readRecord, type RecordForm } from "../record/read-record.ts";
import { replaceFile } from "../record/replace-file.ts";
import {
  evaluationRecord,
  type EvaluationRecord,
  evaluationVersion,
  type Answered,
  type MemberAnswers,
} from "./evaluation-record.ts";

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

interface EvaluationSource {
  /** The name of the evaluation in errors. */
  readonly source: string;
  readonly record: EvaluationRecord;
}

/** The evaluation that shards of it were joined to. */
export interface MergedEvaluation {
  readonly record: EvaluationRecord;
  /** The shards that were not given, such as "2/3". */
  readonly missing: readonly string[];
}

/**
 * Joins the shards of one evaluation.
 *
 * @throws InputError if the parts are not of one evaluation
 */
export function mergeEvaluations(sources: readonly EvaluationSource[]): MergedEvaluation {
  const [first, ...others] = sources.toSorted((a, b) => shardOf(a).index - shardOf(b).index);
  if (!first) throw new InputError("there are no evaluations to merge");
  for (const [index, other] of others.entries()) {
    requireAlike(first, other);
    const before = index === 0 ? first : others[index - 1]!;
    if (shardOf(before).index !== shardOf(other).index) continue;
    throw new InputError(`${before.source} and ${other.source} are both shard ${name(other)}`, {
      remedy: "give each shard once",
    });
  }
  const records = [first, ...others].map(({ record }) => record);
  const present = new Set(sources.map((each) => shardOf(each).index));
  const { of } = shardOf(first);
  const missing = Array.from({ length: of }, (_, at) => at + 1).filter((at) => !present.has(at));
  return {
    record: records.slice(1).reduce(joinParts, records[0]!),
    missing: missing.map((at) => `${at}/${of}`),
  };
}

function shardOf({ source, record }: EvaluationSource) {
  const { shard } = record.parts[0]!;
  if (shard !== null && record.parts.length === 1) return shard;
  throw new InputError(`${source} is no shard: it has all images that it was asked for`, {
    remedy: "give evaluations that were made with --shard",
  });
}

function name(of: EvaluationSource): string {
  const shard = shardOf(of);
  return `${shard.index}/${shard.of}`;
}

function requireAlike(one: EvaluationSource, other: EvaluationSource): void {
  const fail = (what: string, a: string, b: string): never => {
    throw new InputError(`${one.source} and ${other.source} differ in ${what}: ${a} and ${b}`, {
      remedy: "merge shards that were made with the same flags",
    });
  };
  const compare = (what: string, of: (record: EvaluationRecord) => string | number) => {
    const [a, b] = [of(one.record), of(other.record)];
    if (a !== b) fail(what, String(a), String(b));
  };
  compare("the network", ({ network }) => network);
  compare("the image size", ({ imageSize }) => imageSize);
  compare("the precision", ({ precision }) => precision);
  compare("the dataset", ({ dataset }) => dataset.name);
  requireSameFiles(one, other);
  compare("the preprocessing", ({ dataset }) => dataset.preprocessing);
  if (!sameWeights(one.record.weights, other.record.weights)) {
    const [a, b] = [one.record.weights, other.record.weights].map(describeWeights);
    fail("the weights", a!, b!);
  }
  if (shardOf(one).of !== shardOf(other).of) fail("the number of shards", name(one), name(other));
  compare("what was run", ({ answers }) =>
    answers
      .map(
        ({ runtime, host, status }) =>
          `${runtime} on ${host}${status === "ok" ? "" : ` (${status})`}`,
      )
      .join(", "),
  );
}

function requireSameFiles(one: EvaluationSource, other: EvaluationSource): void {
  if (one.record.dataset.identity === other.record.dataset.identity) return;
  throw new InputError(
    `${one.source} and ${other.source} saw different images: the names, labels, sizes or bytes of ` +
      `the files in ${one.record.dataset.name} are not the same`,
    { remedy: "give all shards the same files, and ask for the shards of other files anew" },
  );
}

function joinParts(all: EvaluationRecord, next: EvaluationRecord): EvaluationRecord {
  const images = all.labels.length;
  return {
    ...all,
    parts: [...all.parts, ...next.parts],
    labels: [...all.labels, ...next.labels],
    broken: [...all.broken, ...next.broken],
    oracle: {
      images: [...all.oracle.images, ...next.oracle.images.map((at) => at + images)],
      top: {
        plain: [...all.oracle.top.plain, ...next.oracle.top.plain],
        se: [...all.oracle.top.se, ...next.oracle.top.se],
      },
    },
    answers: all.answers.map((answer, index) => {
      const other = next.answers[index]!;
      return answer.status === "ok" && other.status === "ok" ? joinAnswers(answer, other) : answer;
    }),
  };
}

function joinAnswers(one: Answered, other: Answered): Answered {
  const both = (member: "plain" | "se"): MemberAnswers => ({
    top: [...one[member].top, ...other[member].top],
    rank: [...one[member].rank, ...other[member].rank],
  });
  return { ...one, plain: both("plain"), se: both("se") };
}
