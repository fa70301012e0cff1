import { z } from "zod";
import { count, interval, moment, ofBoth, words } from "../record/quantity.ts";
import { caseAccuracy } from "./accuracy-record.ts";
import { boundRecord } from "./bound-record.ts";
import { conditions } from "./case-conditions.ts";
import { caseId } from "./case-id.ts";
import { memberParity, memberRecord } from "./member-record.ts";

/** A name from one of sebench's own tables: no spaces, and nothing that is markup anywhere. */
export const tableName = z
  .string()
  .regex(/^[\w.+,={}-]+$/, "is not a name that sebench knows how to read");

/** A recipe, by stages too: `2-3:squeeze-fold+scale-fold/4-5:gate-resize`. */
export const loweringName = z
  .string()
  .regex(/^[\w:+/-]+$/, "is not a lowering that sebench knows how to read");

/** What tells one case of a run from another. */
export const identity = {
  /** `runtime|host|network|size|batch|precision|lowering`, as `caseId` writes it. */
  id: words,
  /** Engine and device: `onnxruntime-node/cpu`. */
  runtime: z.string().regex(/^[\w-]+\/[\w-]+$/, "is not engine/device"),
  /** What executed the JavaScript. */
  host: z.enum(["node", "bun", "deno", "chromium", "firefox"]),
  /** With SE: `se-resnet50`. */
  network: tableName,
  /** Its counterpart without SE: `resnet50`. */
  plain: tableName,
  /** Height and width, in pixels. */
  imageSize: count.min(1),
  /** Images in one run. */
  batch: count.min(1),
  precision: z.enum(["fp32", "fp16", "int8"]),
  /** How SE is written as operators: `gemm`. */
  lowering: loweringName,
};

const detail = z.union([z.string(), z.number(), z.boolean()]);

/** The evidence of which device did the work. */
export const attestation = z.strictObject({
  device: z.enum(["cpu", "cuda", "tensorrt", "wasm", "webgl", "webgpu", "webnn"]),
  proven: z.boolean(),
  /** Why it is not proven; null where it is. */
  reason: words.nullable(),
  /** True where a GPU interface is served by the CPU (SwiftShader, llvmpipe). */
  software: z.boolean(),
  /** Threads that the engine computed with on the CPU; null where a GPU computed. */
  threads: count.min(1).nullable(),
  /** Whether a GPU may have rounded factors to TF32: parity is then wider. */
  tf32: z.boolean().default(false),
  /** What the engine or the browser said, in its own words. */
  evidence: z.record(z.string(), z.unknown()),
});
export type AttestationRecord = z.infer<typeof attestation>;

/** Hash of each member's weights: SHA-256 in hexadecimal. */
const weightsHash = ofBoth(words);

const seededOrigin = z.strictObject({ kind: z.literal("seeded"), seed: count });

const weightsFile = z.strictObject({
  /** Without its folders. */
  name: words,
  /** Who wrote its keys: Cadene and timm's `legacy_*`, timm with SE, or neither. */
  keys: z.enum(["legacy", "timm", "plain"]),
  /** In hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "is not a SHA-256"),
});
export type WeightsFile = z.infer<typeof weightsFile>;

const checkpointOrigin = z.strictObject({
  kind: z.literal("checkpoint"),
  /** `plain` is null where the plain member has the tensors that both have. */
  files: z.strictObject({ se: weightsFile, plain: weightsFile.nullable() }),
});

/** Those that ship: their hash alone tells whether they are still the same. */
const trainedOrigin = z.strictObject({
  kind: z.literal("trained"),
  /** Whose training images they have seen. */
  dataset: words,
  hash: weightsHash,
});

/** Where weights come from. */
export type WeightsOrigin =
  | z.infer<typeof seededOrigin>
  | z.infer<typeof trainedOrigin>
  | z.infer<typeof checkpointOrigin>;

/** With the hash of what they are. */
export const weights = z.discriminatedUnion("kind", [
  seededOrigin.extend({ hash: weightsHash }),
  trainedOrigin,
  checkpointOrigin.extend({ hash: weightsHash }),
]);

/** SE latency / plain latency: 1.1 is an overhead of 10 %. */
const overhead = z.strictObject({
  ratio: z.number().positive(),
  /** Of the ratio; null where there is one replica, which cannot tell how replicas differ. */
  interval: interval.nullable(),
  /** The ratio of each replica. */
  replicas: z.array(z.number().positive()).min(1).readonly(),
  /** Of all replicas. */
  rounds: count,
  /** `precise`: the interval became as narrow as asked. `budget`: the time was spent. */
  stopped: z.enum(["precise", "budget"]),
});

const variance = z.number().nonnegative();

/**
 * How measurements of the same work vary on this machine, as `bench calibrate`
 * found: variances of logarithms.
 */
export const caseCalibration = z.strictObject({
  /** Of the last trial. */
  measured: moment,
  trials: count,
  /** Of the ratio: from run to run, replica to replica, and of one round. */
  overhead: z.strictObject({ run: variance, replica: variance, round: variance }),
  /** Of a median latency. */
  latency: z.strictObject({ run: variance, replica: variance }),
  /** What 95 % of the differences of two runs like this one stay under: 0.008 is 0.8 %. */
  noiseFloor: z.number().nonnegative(),
});
export type CaseCalibration = z.infer<typeof caseCalibration>;

/** Where int8 has its scales from. */
const quantisation = z.strictObject({
  /** `min-max`: an activation's scale spans the least and the greatest value that were seen. */
  method: z.enum(["min-max"]),
  /** The images that it was seen on: the first ones of the data set. */
  dataset: words,
  images: count.min(1),
});

/** A case that ran. Where its parity fails, the figures stay and no report ranks them. */
const okCase = z.strictObject({
  ...identity,
  status: z.literal("ok"),
  /** What the engine calls its version. */
  engineVersion: words,
  /** What the host calls its version: `v20.20.2`, `147.0.7727.0`. */
  hostVersion: words,
  /** What did the computing, as the engine or the system names it. */
  device: z.strictObject({ name: words, details: z.record(z.string(), detail) }),
  /** Threads asked of the engine; null for the engine's own default. */
  threads: count.min(1).nullable(),
  weights,
  /** The images that were run and compared with the oracle. */
  images: z.strictObject({ dataset: words, count }),
  /** Batch normalisation was folded into the convolutions before the engine saw it. */
  batchNorm: z.literal("folded"),
  /** Null but for int8. */
  quantisation: quantisation.nullable().default(null),
  attestation: attestation.extend({ proven: z.literal(true), reason: z.null() }),
  /** Which member was prepared first, by replica. */
  preparedFirst: z.array(z.enum(["plain", "se"])).readonly(),
  members: ofBoth(memberRecord),
  overhead,
  /** Null where the host cannot tell. */
  conditions: conditions.nullable().default(null),
  /** Null where this case was not calibrated on this machine. */
  calibration: caseCalibration.nullable().default(null),
  parity: z.strictObject({
    /** The `relative` up to which parity holds. */
    tolerance: z.number().positive(),
    plain: memberParity,
    se: memberParity,
  }),
  /** Null where the images have no labels or the weights no training. */
  accuracy: caseAccuracy.nullable(),
  /** Null where it was not measured: where the pair was run in one form only. */
  bound: boundRecord.nullable().default(null),
});
export type OkCase = z.infer<typeof okCase>;

/** A case that was tried: an error, a crash, its time, or a device that is not proven. */
const failedCase = z.strictObject({
  ...identity,
  status: z.literal("failed"),
  reason: words,
  remedy: words.nullable(),
  /** Null where it did not come to that. */
  attestation: attestation.nullable(),
});
export type FailedCase = z.infer<typeof failedCase>;

/** A case whose runtime the machine does not have. */
const unavailableCase = z.strictObject({
  ...identity,
  status: z.literal("unavailable"),
  reason: words,
  remedy: words,
});
export type UnavailableCase = z.infer<typeof unavailableCase>;

export const caseRecord = z
  .discriminatedUnion("status", [okCase, failedCase, unavailableCase])
  .refine((record) => record.id === caseId(record), {
    path: ["id"],
    error: "does not say what the case's other fields say",
  });
export type CaseRecord = z.infer<typeof caseRecord>;

/** Whether both members' logits agree with the oracle's. */
export function parityHolds({ parity }: OkCase): boolean {
  return parity.plain.pass && parity.se.pass;
}
