import { median, overheadEstimate, type PairedRounds, type Samples } from "@sebench/measure";
import { InputError, isObject, parseForeignJson, repeatedKey } from "@sebench/spec";
import { type OkCase, parityHolds } from "../case/case-record.ts";
import type { MachineRecord } from "../machine/machine-record.ts";
import { check, readText } from "../record/read-record.ts";
import { parseResults, resultsPath } from "../run/results-file.ts";
import { type RunRecord, schemaVersion } from "../run/run-record.ts";
import {
  type DeviceKind,
  type Measurement,
  measurement,
  measurementVersion,
  overheadFields,
  simdOf,
  thinnedMembers,
} from "./measurement.ts";

/** A case of a run that is no measurement for the board, and why. */
export interface LeftCase {
  readonly id: string;
  readonly why: string;
}

/** What a file holds that may be submitted. */
export interface Submitted {
  readonly measurements: readonly Measurement[];
  /** The cases of a run that are no measurements for the board, and why. */
  readonly left: readonly LeftCase[];
}

/** What a person says of the machine of a run, whose record does not know it. */
export interface OwnDevice {
  readonly kind: DeviceKind;
  /** The name of the device, or null. */
  readonly name: string | null;
}

/** The characters of the largest block; a page makes one of some 10,000. */
const largestBlock = 200_000;

/** The most blocks that a file has. */
const mostBlocks = 20;

const remedy = "paste the block that the page copied whole, or give a results.json of bench run";

/**
 * Reads what is submitted: a file with pasted blocks, a block's JSON alone, or a run's results.json
 * or its folder.
 *
 * @throws InputError that names the file and the first thing that is wrong with it
 */
export async function readSubmitted(file: string, own: OwnDevice): Promise<Submitted> {
  return parseSubmitted(await readText(await resultsPath(file), remedy), file, own);
}

/**
 * Reads what is submitted from its text.
 *
 * @param source The name of the text in errors.
 */
export function parseSubmitted(text: string, source: string, own: OwnDevice): Submitted {
  if (!/^\uFEFF?\s*\{/.test(text)) return fromBlocks(text, source);
  if (isRun(text)) return measurementsOfRun(parseResults(text, source), own);
  return { measurements: [parseBlock(text, source)], left: [] };
}

/** Whether a JSON text says that it is a run's record. Blocks that are too long are not parsed. */
function isRun(text: string): boolean {
  return text.slice(0, 1000).includes(`"${schemaVersion}"`);
}

/** A fenced block of JSON in Markdown (CommonMark 0.31, section 4.5), fenced by backticks. */
const fenced = /^ {0,3}(`{3,})[ \t]*json[ \t]*\r?\n([\s\S]*?)\r?\n {0,3}\1`*[ \t]*$/gm;

function fromBlocks(text: string, source: string): Submitted {
  const blocks = [...text.matchAll(fenced)].map(([, , content]) => content!);
  if (blocks.length === 0) {
    throw new InputError(`${source} has no block of JSON between lines of three backticks`, {
      remedy,
    });
  }
  if (blocks.length > mostBlocks) {
    throw new InputError(`${source} has ${blocks.length} blocks, more than ${mostBlocks}`, {
      remedy: "submit them in several files",
    });
  }
  const name = (at: number) => (blocks.length === 1 ? source : `${source}, block ${at + 1}`);
  return { measurements: blocks.map((block, at) => parseBlock(block, name(at))), left: [] };
}

/** Reads one block, in which every key stands once and nothing is that the schema does not have. */
function parseBlock(text: string, source: string): Measurement {
  const wrong = (fault: string, cause?: unknown) =>
    new InputError(`${source} is no measurement: ${fault}`, { remedy, cause });
  if (text.length > largestBlock) {
    throw wrong(`it has ${text.length} characters, and no block has more than ${largestBlock}`);
  }
  let value: unknown;
  try {
    value = parseForeignJson(text);
  } catch (cause) {
    throw wrong(`it is not JSON, or cut off: ${(cause as Error).message}`, cause);
  }
  const version = isObject(value) ? value["schema"] : undefined;
  if (version !== measurementVersion) {
    throw wrong(`its schema is not ${measurementVersion}, which is the one that is read here`);
  }
  const twice = repeatedKey(text);
  if (twice !== null) throw wrong(`it has the key ${JSON.stringify(twice.slice(0, 80))} twice`);
  const result = check(measurement, value);
  if (result.ok) return result.data;
  throw wrong(result.wrong, result.cause);
}

const systems: Readonly<Record<string, string>> = {
  android: "Android",
  darwin: "macOS",
  linux: "Linux",
  win32: "Windows",
};

/** The measurements that a run's record holds, worked out again from its samples. */
function measurementsOfRun({ run, machine, cases }: RunRecord, own: OwnDevice): Submitted {
  const measurements: Measurement[] = [];
  const left: LeftCase[] = [];
  for (const record of cases) {
    const made =
      record.status === "ok"
        ? measurementOf(record, run, deviceOf(record, machine, own))
        : `it is ${record.status}`;
    if (typeof made === "string") left.push({ id: record.id, why: made });
    else measurements.push(made);
  }
  return { measurements, left };
}

function deviceOf(
  { device: { name }, attestation }: OkCase,
  { os, cpu }: MachineRecord,
  { kind, name: typed }: OwnDevice,
): Measurement["device"] {
  const onCpu = attestation.threads !== null;
  return {
    kind,
    name: typed,
    system: systems[os.platform] ?? os.platform,
    processor: cpu.model,
    cores: cpu.usableCores,
    adapter: onCpu ? null : name,
  };
}

/** The measurement of a case, or why there is none. */
function measurementOf(
  record: OkCase,
  { started, sebench }: RunRecord["run"],
  device: Measurement["device"],
): Measurement | string {
  const { attestation, members, weights, images } = record;
  if (!parityHolds(record)) return "its parity does not hold";
  if (weights.kind === "checkpoint") return "its weights are a file that others do not have";
  if (weights.kind === "model") return "it is a model's file that others do not have";
  const samples = { plain: members.plain.samplesMs, se: members.se.samplesMs };
  const rounds = pairedRounds(samples.plain, samples.se);
  if (rounds === null) return "its samples are not of rounds in which both members were timed";
  const overhead = overheadFields(overheadEstimate(rounds), record.overhead.stopped);
  if (overhead === null) return "it has one replica, and so no interval";
  const { device: proven, software, threads, tf32 } = attestation;
  const { runtime, engineVersion, network, plain, imageSize, batch, precision, lowering } = record;
  const made = measurement.safeParse({
    schema: measurementVersion,
    sebench,
    day: started.slice(0, 10),
    device,
    host: { name: record.host, version: record.hostVersion, page: null },
    subject: {
      runtime,
      engineVersion,
      network,
      plain,
      imageSize,
      batch,
      precision,
      lowering,
      weights:
        weights.kind === "seeded"
          ? { kind: weights.kind, seed: weights.seed }
          : { kind: weights.kind },
      images,
      threads: record.threads,
    },
    proof: {
      device: proven,
      proven: true,
      software,
      threads,
      simd: simdOf({ device: proven, details: record.device.details }),
      tf32,
    },
    members: thinnedMembers(samples),
    overhead,
    parity: record.parity,
    logits: null,
  });
  return made.success
    ? made.data
    : `it does not fit a measurement: ${made.error.issues[0]!.message}`;
}

/** The rounds of both members, or null where they are not the same ones, or took no time. */
function pairedRounds(plain: Samples, se: Samples): PairedRounds[] | null {
  const timed = (visit: readonly number[] | undefined) =>
    visit !== undefined && visit.length > 0 && median(visit) > 0;
  const isPaired =
    plain.length > 0 &&
    plain.length === se.length &&
    plain.every((rounds, replica) => {
      const others = se[replica]!;
      const isSame = rounds.length > 0 && rounds.length === others.length;
      return isSame && [...rounds, ...others].every(timed);
    });
  if (!isPaired) return null;
  return plain.map((rounds, replica) => ({
    members: { plain: { samplesMs: rounds }, se: { samplesMs: se[replica]! } },
  }));
}
