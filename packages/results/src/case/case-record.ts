import { z } from "zod";
import {
  count,
  interval,
  latencyRatio,
  milliseconds,
  ofBoth,
  replicaErrors,
  words,
} from "../record/quantity.ts";
import { caseAccuracy } from "./accuracy-record.ts";
import { boundRecord } from "./bound-record.ts";
import { conditions, processorTime } from "./case-conditions.ts";
import { caseCalibration } from "./case-calibration.ts";
import { caseId } from "./case-id.ts";
import { memberParity, type MemberRecord, memberRecord, provenMember } from "./member-record.ts";
import { attestation, caseParity, proofFields } from "./proof-fields.ts";
import { servingRecord } from "../serving/serving-record.ts";
import { startRecord } from "./start-record.ts";
import { modelOrigin } from "./weights-origin.ts";

/** A name from one of sebench's own tables, with no spaces and nothing that is markup anywhere. */
export const tableName = z
  .string()
  .regex(/^[\w.+,={}-]+$/, "is not a name that sebench knows how to read");

/**
 * The name of a lowering, which may be by stages:
 * `2-3:squeeze-fold+scale-fold/4-5:gate-resize`.
 */
export const loweringName = z
  .string()
  .regex(/^[\w:+=/-]+$/, "is not a lowering that sebench knows how to read");

/** The fields that tell one case of a run from another. */
export const identity = {
  /** The id `runtime|host|network|size|batch|precision|lowering`, as `caseId` writes it. */
  id: words,
  /** The engine and device: `onnxruntime-node/cpu`. */
  runtime: z.string().regex(/^[\w-]+\/[\w-]+$/, "is not engine/device"),
  /** The host that executed the JavaScript. */
  host: z.enum(["node", "bun", "deno", "chromium", "firefox", "webkitgtk", "safari", "device"]),
  /** The network with SE: `se-resnet50`. */
  network: tableName,
  /** The network without SE: `resnet50`. */
  plain: tableName,
  /** The height and the width of an image, in pixels. */
  imageSize: count.min(1),
  /** The images in one run. */
  batch: count.min(1),
  precision: z.enum(["fp32", "fp16", "int8"]),
  /** The way in which SE is written as operators: `gemm`. */
  lowering: loweringName,
};

/** The overhead as the ratio of SE's latency to plain's: 1.1 is an overhead of 10 %. */
const overhead = z.strictObject({
  ratio: latencyRatio,
  /**
   * The interval of the ratio, or null for a single replica, which cannot tell how
   * replicas differ.
   */
  interval: interval.nullable(),
  /** The ratio of each replica. */
  replicas: z.array(latencyRatio).min(1).readonly(),
  within: replicaErrors,
  /** The rounds of all replicas. */
  rounds: count,
  /**
   * The reason why the case ended: at `precise` the interval became as narrow as asked, at
   * `budget` the time was spent.
   */
  stopped: z.enum(["precise", "budget"]),
});

/** The time of this form of SE divided by that of another form, from the same rounds. */
const formRatio = z.strictObject({
  /** The other form. */
  lowering: loweringName,
  ratio: latencyRatio,
  interval: interval.nullable(),
  /** The ratio of each replica. */
  replicas: z.array(latencyRatio).min(1).readonly(),
  within: replicaErrors,
});
export type FormRatio = z.infer<typeof formRatio>;

/** A case that was timed. If its parity fails, the figures stay and no report ranks them. */
const okCase = z.strictObject({
  ...identity,
  status: z.literal("ok"),
  ...proofFields,
  /** The member that was prepared first, by replica. */
  preparedFirst: z.array(z.enum(["plain", "se"])).readonly(),
  members: ofBoth(memberRecord),
  overhead,
  /**
   * The other forms that were measured in the same rounds, whose cases have the same samples of
   * plain. A case that was measured by itself has none.
   */
  besideForms: z.array(formRatio).readonly().default([]),
  /**
   * The time that the case took together with those of its other forms, or null in a record of
   * before it was told.
   */
  time: z
    .strictObject({
      /** The time from the start of the process or page to its answer, without the fresh starts. */
      wallMs: milliseconds,
      /** The time of the replicas, with preparing and warm-up. */
      replicasMs: milliseconds,
      /** The sum of all samples: plain's, and those of every form. */
      timedMs: milliseconds,
    })
    .nullable()
    .default(null),
  /** The conditions under which the case was measured, or null if the host cannot tell. */
  conditions: conditions.nullable().default(null),
  /** The processor time of the case's rounds, or null if the host cannot tell. */
  processor: processorTime.nullable().default(null),
  /** The calibration of this case on this machine, or null if there is none. */
  calibration: caseCalibration.nullable().default(null),
  parity: caseParity,
  /**
   * The accuracy on labelled images, or null if the images have no labels or the weights
   * no training.
   */
  accuracy: caseAccuracy.nullable(),
  /**
   * The least overhead of SE here, or null if it was not measured since the pair was run
   * in one form only.
   */
  bound: boundRecord.nullable().default(null),
  /**
   * The starts in fresh processes or browsers, or null in records before there were any, whose
   * memory and start times were of replicas in one process.
   */
  start: startRecord.nullable().default(null),
  /** The throughput as a server meets it, which is left out where `--scenario` asked for none. */
  serving: servingRecord.optional(),
});
export type OkCase = z.infer<typeof okCase>;

/**
 * A case whose members were prepared, run and compared with the oracle on a proven device, and not
 * timed, as its times would say nothing.
 */
const untimedCase = z.strictObject({
  ...identity,
  status: z.literal("untimed"),
  /** The reason why the case was not timed. */
  reason: words,
  /** The way to have the case timed. */
  remedy: words,
  ...proofFields,
  /** The member that was prepared first, and so paid for what both need. */
  preparedFirst: z.enum(["plain", "se"]),
  members: ofBoth(provenMember),
  parity: caseParity,
});
export type UntimedCase = z.infer<typeof untimedCase>;

/** A case that ran on a proven device, whether it was timed or not. */
export type RanCase = OkCase | UntimedCase;

/**
 * A model's file that was measured by itself, since it has no SE that could be cut out. `plain` is
 * the file itself.
 */
const aloneCase = z.strictObject({
  ...identity,
  status: z.literal("alone"),
  /** The reason why the case has no overhead, or why it was not timed. */
  reason: words,
  /** The way to have the case timed, or null if it was. */
  remedy: words.nullable(),
  ...proofFields,
  weights: modelOrigin.extend({ hash: z.strictObject({ se: words }) }),
  members: z.strictObject({ se: z.union([memberRecord, provenMember]) }),
  parity: z.strictObject({ tolerance: caseParity.shape.tolerance, se: memberParity }),
  /** The conditions under which the case was measured, or null if the host cannot tell. */
  conditions: conditions.nullable().default(null),
});
export type AloneCase = z.infer<typeof aloneCase>;

/** The times of a model's file by itself, or null if it was not timed. */
export function timesOfAlone({ members: { se } }: AloneCase): MemberRecord | null {
  return "latencyMs" in se ? se : null;
}

/**
 * A case that was tried and ended in an error, in a crash, at its time limit, or with a
 * device that is not proven.
 */
const failedCase = z.strictObject({
  ...identity,
  status: z.literal("failed"),
  reason: words,
  remedy: words.nullable(),
  /** The attestation, or null if the case ended before it. */
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
  .discriminatedUnion("status", [okCase, untimedCase, aloneCase, failedCase, unavailableCase])
  .refine((record) => record.id === caseId(record), {
    path: ["id"],
    error: "does not say what the case's other fields say",
  });
export type CaseRecord = z.infer<typeof caseRecord>;

/** Whether a case ran, and so has a proven device and parity. */
export function ran(record: CaseRecord): record is RanCase {
  return record.status === "ok" || record.status === "untimed";
}

/** Whether a case is not to be run again: it ran, be it of a pair or of a model by itself. */
export function isDone(record: CaseRecord): boolean {
  return ran(record) || record.status === "alone";
}

/** Whether both members' logits agree with the oracle's. */
export function parityHolds({ parity }: RanCase): boolean {
  return parity.plain.pass && parity.se.pass;
}

/**
 * The time of a case's form of SE divided by that of another case's form, from the rounds that both
 * were measured in, or null if they were not measured together.
 */
export function besideForm(record: OkCase, other: OkCase): FormRatio | null {
  const paired = [record, other].every(
    (each) => each.id === caseId({ ...record, lowering: each.lowering }),
  );
  const listed = (form: OkCase, its: OkCase) =>
    form.besideForms.find(({ lowering }) => lowering === its.lowering) ?? null;
  return paired && listed(other, record) ? listed(record, other) : null;
}
