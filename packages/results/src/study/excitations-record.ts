import { join } from "node:path";
import { z } from "zod";
import { tableName } from "../case/case-record.ts";
import { attestation } from "../case/proof-fields.ts";
import { weights } from "../case/weights-origin.ts";
import { machineRecord } from "../machine/machine-record.ts";
import { datasetListing } from "../evaluation/dataset-listing.ts";
import { formatJson } from "../record/format-json.ts";
import { amount, count, fraction, interval, moment, quantity, words } from "../record/quantity.ts";
import { readRecord } from "../record/read-record.ts";
import { replaceFile } from "../record/replace-file.ts";
import { git } from "../run/run-record.ts";

/** The schema of excitations that this version writes and reads. */
export const excitationsVersion = "sebench-excitations/1";

/** The values of a gate over some images, by channel, to seven significant digits. */
const gateValues = {
  mean: z.array(quantity).readonly(),
  /**
   * The standard deviation over the images, with their number as the divisor, so that it
   * is 0 for a single one.
   */
  deviation: z.array(amount).readonly(),
};

const allValues = z.strictObject(gateValues);

const classValues = z.strictObject({
  label: count,
  /** The name of the class, or null if labels are numbers only. */
  name: words.nullable(),
  images: count.min(1),
  ...gateValues,
});

/** The images that the network has right. */
const accuracy = { correct: count, top1: fraction, interval };

/** The figures of the network with one gate that answers the same for every image. */
const replacement = z.strictObject({
  ...accuracy,
  /** The images that only the changed network has right. */
  onlyChanged: count,
  /** The images that only the untouched network has right. */
  onlyUntouched: count,
  /**
   * The p value that both are right equally often, of McNemar's test in its exact form,
   * two-sided.
   */
  p: fraction,
});
export type GateReplacement = z.infer<typeof replacement>;

const block = z
  .strictObject({
    /** The stage, as the paper counts, or null outside the stages. */
    stage: count.nullable(),
    /** The number of the block in its stage, from 1, or null outside the stages. */
    block: count.min(1).nullable(),
    /** The node that gives the gate's values. */
    node: words,
    gate: z.enum(["sigmoid", "tanh", "relu", "hard-sigmoid"]),
    channels: count.min(1),
    all: allValues,
    /** The classes that were seen, or only the drawn ones if more than twenty were seen. */
    classes: z.array(classValues).readonly(),
    /**
     * The share of the gate's variance that lies between classes and not within them,
     * over all channels, less what chance gives (epsilon squared). It is null if there
     * is one class, no variance, or no class with two images.
     */
    betweenClasses: z.number().max(1).nullable(),
    /** The figures with the gate replaced by its mean over the same images, for each channel. */
    replacedByMean: replacement,
    /** The figures with the gate replaced by 1, which takes the block away. */
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
  /** The version of sebench. */
  sebench: words,
  git,
  /** The command as it was typed. */
  command: words,
});

/**
 * The values of a network's gates on a dataset's images, and the accuracy of the network
 * without its gates.
 */
const excitationsRecord = z
  .strictObject({
    schema: z.literal(excitationsVersion),
    run,
    machine: machineRecord,
    network: tableName,
    /** The height and the width of an image, in pixels. */
    imageSize: count.min(1),
    weights,
    dataset: z.strictObject({
      name: words,
      identity: words,
      preprocessing: words,
      /** The names of the classes in label order, or null if labels are numbers only. */
      classes: z.array(words).nullable().readonly(),
      /** How a folder of image files was listed; records before this was kept have none. */
      listing: datasetListing.optional(),
    }),
    /** The number of images that could be read; every figure is of these. */
    images: count.min(1),
    /** The images that could not be read. */
    broken: z.array(z.strictObject({ file: words, reason: words })).readonly(),
    /** The engine and device: `onnxruntime-node/cpu`. */
    runtime: words,
    host: words,
    engineVersion: words,
    hostVersion: words,
    precision: z.literal("fp32"),
    attestation: attestation.extend({ proven: z.literal(true), reason: z.null() }),
    /** The labels of the classes that reports draw. */
    drawn: z.array(count).max(4).readonly(),
    untouched: z.strictObject(accuracy),
    /** The blocks, from the image to the logits. */
    blocks: z.array(block).min(1).readonly(),
  })
  .refine(
    ({ drawn, blocks }) =>
      blocks.every(({ classes }) =>
        drawn.every((label) => classes.some((of) => of.label === label)),
      ),
    { path: ["drawn"], error: "names a class that a block has no values of" },
  )
  .refine(
    ({ images, untouched, blocks }) =>
      [untouched, ...blocks.flatMap(rightOf)].every(({ correct }) => correct <= images) &&
      blocks
        .flatMap(rightOf)
        .every(
          ({ correct, onlyChanged, onlyUntouched }) =>
            onlyChanged <= correct && correct - onlyChanged === untouched.correct - onlyUntouched,
        ),
    { path: ["blocks"], error: "count images that were not asked" },
  );

/** The figures of a block's two replacements. */
function rightOf({ replacedByMean, replacedByOne }: ExcitationBlock): GateReplacement[] {
  return [replacedByMean, replacedByOne];
}

export type ExcitationsRecord = z.infer<typeof excitationsRecord>;

/** The name of the file that holds the record in a folder. */
const fileName = "excitations.json";

/**
 * Reads the excitations of a network.
 *
 * @param path The path of the file, or of the folder that holds it.
 */
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
