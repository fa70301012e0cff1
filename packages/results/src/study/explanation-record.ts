import { join } from "node:path";
import { kernelParts } from "@sebench/measure";
import { z } from "zod";
import { attestation, loweringName, tableName, weights } from "../case/case-record.ts";
import { machineRecord } from "../machine/machine-record.ts";
import { formatJson } from "../record/format-json.ts";
import { count, interval, milliseconds, moment, ofBoth, words } from "../record/quantity.ts";
import { readRecord } from "../record/read-record.ts";
import { replaceFile } from "../record/replace-file.ts";
import { git } from "../run/run-record.ts";

/** The form that this version writes and reads. */
export const explanationVersion = "sebench-explanation/1";

/** A mean over the replicas, with the 95 % t interval of how they differ; null of a single one. */
const difference = { ms: z.number(), interval: interval.nullable() };

const part = z.enum(kernelParts);

const partShare = z.strictObject({
  part,
  ...difference,
  /** The engine's operators that it consists of; those that add or save most first. */
  operators: z
    .array(
      z.strictObject({
        op: words,
        /** How many kernels of it each member runs. */
        kernels: ofBoth(count),
        ms: z.number(),
      }),
    )
    .readonly(),
});
export type ExplanationPart = z.infer<typeof partShare>;

const stageShare = z.strictObject({
  /** As the paper counts; null outside the stages. */
  stage: count.nullable(),
  ...difference,
  parts: z.record(part, z.number()),
});

const profiledMember = z.strictObject({
  /** Of a run, without the profiler and with it. */
  latencyMs: milliseconds,
  profiledMs: milliseconds,
  /** What the profiler adds, relative to the latency without it. */
  slowdown: z.strictObject({ share: z.number(), interval: interval.nullable() }),
  kernels: count.min(1),
});

const run = z.strictObject({
  started: moment,
  finished: moment,
  /** Version of sebench. */
  sebench: words,
  git,
  /** What was typed. */
  command: words,
});

/** In milliseconds: parts that are rounded on their way to JSON still add up to within this. */
const tolerance = 1e-6;

/** Where the overhead of SE goes in one case. Every difference is SE less plain. */
const explanationRecord = z
  .strictObject({
    schema: z.literal(explanationVersion),
    run,
    machine: machineRecord,
    /** Engine and device: `onnxruntime-node/cpu`. */
    runtime: words,
    host: words,
    engineVersion: words,
    hostVersion: words,
    network: tableName,
    plain: tableName,
    /** In pixels. */
    imageSize: count.min(1),
    batch: count.min(1),
    precision: z.literal("fp32"),
    lowering: loweringName,
    weights,
    attestation: ofBoth(attestation.extend({ proven: z.literal(true), reason: z.null() })),
    replicas: count.min(1),
    /** Of the profile, over all replicas, that the means are of. */
    runs: ofBoth(count.min(1)),
    /** Whose clock timed the kernels; the host's may see no more of a GPU's than their launches. */
    clock: z.enum(["host", "gpu"]),
    /** Of sessions that keep no profile: what there is to explain. */
    measured: z.strictObject(difference),
    overhead: z.strictObject({ ratio: z.number().positive(), interval: interval.nullable() }),
    parts: z.array(partShare).readonly(),
    /** Of the run outside its kernels: the call, the upload, the logits' way back. */
    around: z.strictObject(difference),
    /** What is left of `measured`. */
    unexplained: z.strictObject(difference),
    /** From the image to the logits; what is outside the stages comes last. */
    stages: z.array(stageShare).readonly(),
    profiler: z.strictObject({
      /** What is taken off each kernel for having been watched. */
      perKernelMs: milliseconds,
      members: ofBoth(profiledMember),
    }),
  })
  .refine(
    ({ measured, parts, around, unexplained }) =>
      Math.abs(
        measured.ms - around.ms - unexplained.ms - parts.reduce((sum, { ms }) => sum + ms, 0),
      ) < tolerance,
    { path: ["parts"], error: "do not add up to what was measured" },
  );
export type ExplanationRecord = z.infer<typeof explanationRecord>;

/** The file of a folder that holds the record. */
const fileName = "explanation.json";

/** @param path the file, or the folder that holds it */
export function readExplanation(path: string): Promise<ExplanationRecord> {
  return readRecord(path.endsWith(".json") ? path : join(path, fileName), {
    schema: explanationRecord,
    version: explanationVersion,
    what: "an explanation of a case's overhead",
    remedy: "give the folder that `bench explain --out` wrote, or its explanation.json",
  });
}

export async function writeExplanation(folder: string, record: ExplanationRecord): Promise<void> {
  await replaceFile(join(folder, fileName), formatJson(explanationRecord.parse(record)));
}
