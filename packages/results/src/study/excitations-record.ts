import { join } from "node:path";
import { z } from "zod";
import { attestation, tableName, weights } from "../case/case-record.ts";
import { machineRecord } from "../machine/machine-record.ts";
import { formatJson } from "../record/format-json.ts";
import { count, fraction, interval, moment, words } from "../record/quantity.ts";
import { readRecord } from "../record/read-record.ts";
import { replaceFile } from "../record/replace-file.ts";
import { git } from "../run/run-record.ts";

/** The form that this version writes and reads. */
export const excitationsVersion = "sebench-excitations/1";

/** A gate's values over some images, by channel, to seven significant digits. */
const gateValues = {
  mean: z.array(z.number()).readonly(),
  /** Standard deviation of these images, divided by their number: 0 of a single one. */
  deviation: z.array(z.number().nonnegative()).readonly(),
};

const allValues = z.strictObject(gateValues);

const classValues = z.strictObject({
  label: count,
  /** Null where labels are numbers only. */
  name: words.nullable(),
  images: count.min(1),
  ...gateValues,
});

/** How many of the images the network has right. */
const accuracy = { correct: count, top1: fraction, interval };

/** The network with one gate that answers the same for every image. */
const replacement = z.strictObject({
  ...accuracy,
  /** Images that only the changed network has right, or only the untouched one. */
  onlyChanged: count,
  onlyUntouched: count,
  /** That both are right equally often: of McNemar's test in its exact form, two-sided. */
  p: fraction,
});
export type GateReplacement = z.infer<typeof replacement>;

const block = z
  .strictObject({
    /** As the paper counts; null outside the stages. */
    stage: count.nullable(),
    /** From 1 in its stage. */
    block: count.min(1).nullable(),
    /** The node that gives the gate's values. */
    node: words,
    gate: z.enum(["sigmoid", "tanh", "relu"]),
    channels: count.min(1),
    all: allValues,
    /** All that were seen, or those that are drawn where these are more than twenty. */
    classes: z.array(classValues).readonly(),
    /**
     * Share of the gate's variance that lies between classes and not within them,
     * over all channels, less what chance gives (epsilon squared); null where there
     * is one class, no variance, or no class with two images.
     */
    betweenClasses: z.number().max(1).nullable(),
    /** By its mean over the same images, for each channel. */
    replacedByMean: replacement,
    /** By 1: the block is gone. */
    replacedByOne: replacement,
  })
  .refine(
    ({ channels, all, classes }) =>
      [all, ...classes].every(
        ({ mean, deviation }) => mean.length === channels && deviation.length === channels,
      ),
    { path: ["channels"], error: "are not as many as the gate's values" },
  );
export type ExcitationBlock = z.infer<typeof block>;

const run = z.strictObject({
  started: moment,
  finished: moment,
  /** Version of sebench. */
  sebench: words,
  git,
  /** What was typed. */
  command: words,
});

/** What the gates of a network say of a dataset's images, and what becomes of it without them. */
const excitationsRecord = z.strictObject({
  schema: z.literal(excitationsVersion),
  run,
  machine: machineRecord,
  network: tableName,
  /** In pixels. */
  imageSize: count.min(1),
  weights,
  dataset: z.strictObject({
    name: words,
    identity: words,
    preprocessing: words,
    /** Names in label order; null where labels are numbers only. */
    classes: z.array(words).nullable().readonly(),
  }),
  /** That could be read: every figure is of these. */
  images: count.min(1),
  /** Those that could not. */
  broken: z.array(z.strictObject({ file: words, reason: words })).readonly(),
  /** Engine and device: `onnxruntime-node/cpu`. */
  runtime: words,
  host: words,
  engineVersion: words,
  hostVersion: words,
  precision: z.literal("fp32"),
  attestation: attestation.extend({ proven: z.literal(true), reason: z.null() }),
  /** Labels of the classes that reports draw. */
  drawn: z.array(count).max(4).readonly(),
  untouched: z.strictObject(accuracy),
  /** From the image to the logits. */
  blocks: z.array(block).min(1).readonly(),
});
export type ExcitationsRecord = z.infer<typeof excitationsRecord>;

/** The file of a folder that holds the record. */
const fileName = "excitations.json";

/** @param path the file, or the folder that holds it */
export function readExcitations(path: string): Promise<ExcitationsRecord> {
  return readRecord(path.endsWith(".json") ? path : join(path, fileName), {
    schema: excitationsRecord,
    version: excitationsVersion,
    what: "a network's excitations",
    remedy: "give the folder that `bench excitations --out` wrote, or its excitations.json",
  });
}

export async function writeExcitations(folder: string, record: ExcitationsRecord): Promise<void> {
  await replaceFile(join(folder, fileName), formatJson(excitationsRecord.parse(record)));
}
