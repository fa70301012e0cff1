import { join } from "node:path";
import { differing } from "@sebench/measure";
import { z } from "zod";
import { formatJson } from "../record/format-json.ts";
import { count, milliseconds } from "../record/quantity.ts";
import { readRecord } from "../record/read-record.ts";
import { replaceFile } from "../record/replace-file.ts";
import { difference, explainedCase, partTolerance } from "./explanation-record.ts";

/** The schema of an explanation by differences that this version writes and reads. */
export const differencesVersion = "sebench-differences/1";

const step = z.strictObject(difference);

/**
 * The overhead of SE in one case on an engine that tells nothing of its kernels, taken apart by
 * networks that are left without a step of SE. Every difference is in milliseconds.
 */
const differencesRecord = z
  .strictObject({
    schema: z.literal(differencesVersion),
    ...explainedCase,
    /** The reason why no kernels are told, in words. */
    reason: z.string().min(1),
    /** The rounds over all replicas, each of which visits every network once. */
    rounds: count.min(1),
    /** SE less plain. */
    measured: step,
    /** SE less SE without a squeeze. */
    squeeze: step,
    /** SE less SE without an excitation. */
    excite: step,
    /** SE without squeeze and excitation, less plain. */
    scale: step,
    /** What the three steps do not add up to. */
    rest: step,
    /** The median latency of each network. */
    latencyMs: z.record(z.enum(differing), milliseconds),
  })
  .refine(
    ({ measured, squeeze, excite, scale, rest }) =>
      Math.abs(measured.ms - squeeze.ms - excite.ms - scale.ms - rest.ms) < partTolerance,
    { path: ["rest"], error: "does not make the steps add up to what was measured" },
  );
export type DifferencesRecord = z.infer<typeof differencesRecord>;

/** The name of the file that holds the record in a folder, as that of an explanation by kernels. */
const fileName = "explanation.json";

/**
 * Reads an explanation by differences.
 *
 * @param path The path of the file, or of the folder that holds it.
 */
export function readDifferences(path: string): Promise<DifferencesRecord> {
  return readRecord(path.endsWith(".json") ? path : join(path, fileName), {
    schema: differencesRecord,
    version: differencesVersion,
    what: "an explanation of a case's overhead by differences",
    remedy: "give the folder that `bench explain --runtime litert-web/wasm --out` wrote",
  });
}

export async function writeDifferences(folder: string, record: DifferencesRecord): Promise<void> {
  await replaceFile(join(folder, fileName), formatJson(differencesRecord.parse(record)));
}
