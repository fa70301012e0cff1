import { InputError, isObject, parseForeignJson, repeatedKey } from "@sebench/spec";
import { check, readText } from "../record/read-record.ts";
import { parseResults } from "../run/results-file.ts";
import { schemaVersion } from "../run/run-record.ts";
import {
  type DeviceKind,
  type Measurement,
  measurement,
  measurementVersion,
} from "./measurement.ts";
import { type LeftCase, measurementsOfRun } from "./measurements-of-run.ts";

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
 * Reads what is submitted: a file with pasted blocks, a block's JSON alone, or a run's results.json.
 *
 * @throws InputError that names the file and the first thing that is wrong with it
 */
export async function readSubmitted(file: string, own: OwnDevice): Promise<Submitted> {
  return parseSubmitted(await readText(file, remedy), file, own);
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
