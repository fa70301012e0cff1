import { join } from "node:path";
import { kernelParts } from "@sebench/measure";
import { z } from "zod";
import { loweringName, tableName } from "../case/case-record.ts";
import { attestation } from "../case/proof-fields.ts";
import { weights } from "../case/weights-origin.ts";
import { machineRecord } from "../machine/machine-record.ts";
import { formatJson } from "../record/format-json.ts";
import {
  count,
  interval,
  latencyRatio,
  milliseconds,
  moment,
  ofBoth,
  quantity,
  words,
} from "../record/quantity.ts";
import { readRecord } from "../record/read-record.ts";
import { replaceFile } from "../record/replace-file.ts";
import { git } from "../run/run-record.ts";

/** The schema of an explanation that this version writes and reads. */
export const explanationVersion = "sebench-explanation/1";

/**
 * The mean over the replicas, with the 95 % t interval from how they differ, or null for a
 * single replica.
 */
export const difference = { ms: quantity, interval: interval.nullable() };

const part = z.enum(kernelParts);

const partShare = z.strictObject({
  part,
  ...difference,
  /** The engine's operators that the part consists of, those that add or save most first. */
  operators: z
    .array(
      z.strictObject({
        op: words,
        /** The number of kernels of the operator that each member runs. */
        kernels: ofBoth(count),
        ms: quantity,
      }),
    )
    .readonly(),
});
export type ExplanationPart = z.infer<typeof partShare>;

const stageShare = z.strictObject({
  /**
   * The stage, as the paper counts, or the number of a model's SE block from 1 on; null outside of
   * them.
   */
  stage: count.nullable(),
  ...difference,
  parts: z.record(part, quantity),
});

const profiledMember = z.strictObject({
  /** The latency of a run without the profiler. */
  latencyMs: milliseconds,
  /** The latency of a run with the profiler. */
  profiledMs: milliseconds,
  /** The time that the profiler adds, as a share of the latency without it. */
  slowdown: z.strictObject({ share: quantity, interval: interval.nullable() }),
  kernels: count.min(1),
});

const kernel = z.strictObject({
  /** The engine's name of the kernel: that of a node, perhaps with marks of the engine's around it. */
  node: z.string(),
  /** The node of the network that the kernel computes, or null for one of no node. */
  of: z.string().nullable(),
  /** The engine's name of the operator. */
  op: z.string(),
  part,
  /** The stage, as the paper counts, or null outside the stages. */
  stage: count.nullable(),
  /** The number of the block within its stage, or null outside the blocks. */
  block: count.nullable(),
  /** The mean over the replicas, with the time that the profiler adds. */
  ms: milliseconds,
});
export type ExplainedKernel = z.infer<typeof kernel>;

const run = z.strictObject({
  started: moment,
  finished: moment,
  /** The version of sebench. */
  sebench: words,
  git,
  /** The command as it was typed. */
  command: words,
});

/**
 * The difference in milliseconds up to which parts that are rounded on their way to JSON
 * still add up.
 */
export const partTolerance = 1e-6;

/** What is recorded of an explained case, whichever way its overhead is taken apart. */
export const explainedCase = {
  run,
  machine: machineRecord,
  /** The engine and device: `onnxruntime-node/cpu`. */
  runtime: words,
  host: words,
  engineVersion: words,
  hostVersion: words,
  network: tableName,
  plain: tableName,
  /** The height and the width of an image, in pixels. */
  imageSize: count.min(1),
  batch: count.min(1),
  precision: z.enum(["fp32", "fp16", "int8"]),
  lowering: loweringName,
  weights,
  attestation: ofBoth(attestation.extend({ proven: z.literal(true), reason: z.null() })),
  replicas: count.min(1),
  overhead: z.strictObject({ ratio: latencyRatio, interval: interval.nullable() }),
};

/** The overhead of SE in one case, taken apart. Every difference is SE less plain. */
const explanationRecord = z
  .strictObject({
    schema: z.literal(explanationVersion),
    ...explainedCase,
    /** The runs of the profile that the means are of, over all replicas. */
    runs: ofBoth(count.min(1)),
    /**
     * The clock that timed the kernels; the host's may see no more of a GPU's kernels than
     * their launches.
     */
    clock: z.enum(["host", "gpu"]),
    /** The difference of sessions that keep no profile, which is what there is to explain. */
    measured: z.strictObject(difference),
    parts: z.array(partShare).readonly(),
    /** The difference outside the kernels: the call, the upload, the logits' way back. */
    around: z.strictObject(difference),
    /** The rest of `measured`. */
    unexplained: z.strictObject(difference),
    /** The stages, or a model's SE blocks, from input to output; what is outside them comes last. */
    stages: z.array(stageShare).readonly(),
    profiler: z.strictObject({
      /** The time that is taken off each kernel for having been watched. */
      perKernelMs: milliseconds,
      members: ofBoth(profiledMember),
    }),
    /**
     * The kernels of each member, in the order in which they ran, or null in a record of before
     * they were kept.
     */
    kernels: ofBoth(z.array(kernel).readonly()).nullable().default(null),
  })
  .refine(
    ({ measured, parts, around, unexplained }) =>
      Math.abs(
        measured.ms - around.ms - unexplained.ms - parts.reduce((sum, { ms }) => sum + ms, 0),
      ) < partTolerance,
    { path: ["parts"], error: "do not add up to what was measured" },
  );
export type ExplanationRecord = z.infer<typeof explanationRecord>;

/** The name of the file that holds the record in a folder. */
const fileName = "explanation.json";

/**
 * Reads the explanation of a case's overhead.
 *
 * @param path The path of the file, or of the folder that holds it.
 */
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
