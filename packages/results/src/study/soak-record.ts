import { join } from "node:path";
import { z } from "zod";
import { identity } from "../case/case-record.ts";
import { attestation } from "../case/proof-fields.ts";
import { memberParity } from "../case/member-record.ts";
import { machineRecord } from "../machine/machine-record.ts";
import { formatJson } from "../record/format-json.ts";
import {
  amount,
  count,
  divisor,
  interval,
  milliseconds,
  moment,
  quantity,
  words,
} from "../record/quantity.ts";
import { readRecord } from "../record/read-record.ts";
import { replaceFile } from "../record/replace-file.ts";
import { git } from "../run/run-record.ts";

/** The schema of a soak that this version writes and reads. */
export const soakVersion = "sebench-soak/1";

const { runtime, host, network, imageSize, batch, precision, lowering } = identity;

/** The fields that tell one row of a soak from another. */
const subject = {
  runtime,
  host,
  /** The network that ran: `se-resnet50` or `resnet50`. */
  network,
  imageSize,
  batch,
  precision,
  lowering,
};

/** The agreement of one run's logits with the oracle's. */
const checkpoint = memberParity.extend({ run: count.min(1) });

const memoryReading = z.strictObject({
  /** The runs before the reading. */
  run: count,
  residentBytes: count,
  /** The proportional set size, or null where the system does not tell. */
  proportionalBytes: count.nullable(),
});

/** What one session did until its last run. */
const soaked = z.strictObject({
  /** The runs that were answered. */
  runs: count,
  parity: z.strictObject({
    /** The relative difference up to which parity holds. */
    tolerance: divisor,
    checkpoints: z.array(checkpoint).readonly(),
  }),
  /** The first run whose answer differed from the first one for the same images, or null. */
  changedAt: count.min(1).nullable(),
  latency: z
    .strictObject({
      /** The medians of windows of runs, each beside the number of its middle run. */
      windows: z.array(z.strictObject({ run: amount, medianMs: milliseconds })).readonly(),
      firstMs: milliseconds,
      lastMs: milliseconds,
      /** The last run's time over the first one's, on a robust line; null for too few windows. */
      drift: z.strictObject({ ratio: divisor, interval }).nullable(),
    })
    .nullable(),
  memory: z.strictObject({
    /** The readings of the process, or of all of the browser's processes together. */
    readings: z.array(memoryReading).readonly(),
    /** Bytes a run, on a robust line; null where there are too few readings. */
    growth: z
      .strictObject({ bytesPerRun: quantity, interval, of: z.enum(["proportional", "resident"]) })
      .nullable(),
  }),
});
export type Soaked = z.infer<typeof soaked>;

const versions = { engineVersion: words, hostVersion: words };

const lastedRow = z.strictObject({
  ...subject,
  ...versions,
  status: z.literal("ok"),
  attestation: attestation.extend({ proven: z.literal(true), reason: z.null() }),
  soaked,
});

const diedRow = z.strictObject({
  ...subject,
  ...versions,
  status: z.literal("died"),
  /** The run that failed or, where the whole process ended, the last one that was heard of. */
  diedAt: z.strictObject({ run: count, exact: z.boolean() }),
  reason: words,
  remedy: words.nullable(),
  /** What the session did before, or null where it went with its process. */
  soaked: soaked.nullable(),
});

const failedRow = z.strictObject({
  ...subject,
  status: z.enum(["failed", "unavailable"]),
  reason: words,
  remedy: words.nullable(),
});

const soakRow = z.discriminatedUnion("status", [lastedRow, diedRow, failedRow]);
export type SoakRow = z.infer<typeof soakRow>;

const soakRecord = z.strictObject({
  schema: z.literal(soakVersion),
  run: z.strictObject({
    started: moment,
    finished: moment,
    /** The version of sebench. */
    sebench: words,
    git,
    /** The command as it was typed. */
    command: words,
  }),
  machine: machineRecord,
  /** The runs that each session was asked for. */
  runs: count.min(2),
  threads: count.min(1).nullable(),
  seed: count,
  /** The growth of the memory, in bytes a run, that counts as a leak where it is beyond doubt. */
  mostGrowth: amount,
  rows: z.array(soakRow).readonly(),
});
export type SoakRecord = z.infer<typeof soakRecord>;

/**
 * What is wrong with a row, a sentence each: a session that died, a checkpoint that lost parity, an
 * answer that changed, memory that grows beyond doubt by more than the bound.
 */
export function soakFaults(row: SoakRow, { mostGrowth }: Pick<SoakRecord, "mostGrowth">): string[] {
  switch (row.status) {
    case "failed":
      return [`It failed: ${row.reason}`];
    case "unavailable":
      return [];
    case "died": {
      const { run, exact } = row.diedAt;
      const when = exact ? `at run ${run}` : `after run ${run} or later`;
      return [`It died ${when}: ${row.reason}`, ...faultsOf(row.soaked, mostGrowth)];
    }
    case "ok":
      return faultsOf(row.soaked, mostGrowth);
  }
}

function faultsOf(found: Soaked | null, mostGrowth: number): string[] {
  if (found === null) return [];
  const { parity, changedAt, memory } = found;
  const lost = parity.checkpoints.filter(({ pass }) => !pass).map(({ run }) => run);
  const grows = leaks(memory, mostGrowth);
  return [
    ...(lost.length === 0 ? [] : [`Parity is lost at run ${lost.join(", ")}`]),
    ...(changedAt === null ? [] : [`The answer to the same images changed at run ${changedAt}`]),
    ...(grows
      ? [
          `Memory grows by ${kibibytes(memory.growth!.bytesPerRun)} a run, more than ${kibibytes(mostGrowth)}`,
        ]
      : []),
  ];
}

/**
 * The growth that a sound process may show over all runs, in bytes: heaps of JavaScript and of C grow
 * in steps of megabytes, and a soak of a hundred runs may see one step.
 */
const heapSteps = 4 * 2 ** 20;

/** Whether memory grows beyond doubt, by more than the bound and by more than heaps do. */
function leaks({ growth, readings }: Soaked["memory"], mostGrowth: number): boolean {
  const least = growth?.interval[0] ?? 0;
  const runs = readings.at(-1)?.run ?? 0;
  return least > mostGrowth && least * runs > heapSteps;
}

function kibibytes(bytes: number): string {
  return `${Number((bytes / 1024).toPrecision(3))} KiB`;
}

/** The name of the file that holds the record in a folder. */
const fileName = "soak.json";

/**
 * Reads the record of a soak.
 *
 * @param path The path of the file, or of the folder that holds it.
 */
export function readSoak(path: string): Promise<SoakRecord> {
  return readRecord(path.endsWith(".json") ? path : join(path, fileName), {
    schema: soakRecord,
    version: soakVersion,
    what: "a soak",
    remedy: "give the folder that `bench soak --out` wrote, or its soak.json",
  });
}

export async function writeSoak(folder: string, record: SoakRecord): Promise<void> {
  await replaceFile(join(folder, fileName), formatJson(soakRecord.parse(record)));
}
