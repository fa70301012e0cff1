import { errorLines } from "@sebench/cli";
import { InputError, oneLine } from "@sebench/spec";
import { mutate, unchanged } from "./mutation/mutate.ts";
import type { OpenReaders, Reader, Shown } from "./readers/reader.ts";

/** The rooms of readers. Each is loaded when it is asked for, as some load a decoder. */
const rooms: Readonly<Record<string, () => Promise<{ readonly open: OpenReaders }>>> = {
  records: () => import("./readers/records.ts"),
  studies: () => import("./readers/studies.ts"),
  names: () => import("./readers/names.ts"),
  weights: () => import("./readers/weights.ts"),
  datasets: () => import("./readers/datasets.ts"),
  models: () => import("./readers/models.ts"),
  engines: () => import("./readers/engines.ts"),
  machine: () => import("./readers/machine.ts"),
  training: () => import("./readers/training.ts"),
};

/**
 * Opens the readers whose names begin with a text, all of them where that is null.
 *
 * @param folder The folder of the files that they read.
 */
export async function openReaders(folder: string, named: string | null): Promise<Reader[]> {
  const asked = Object.entries(rooms).filter(([name]) => isAlike(name, named));
  const opened = await Promise.all(asked.map(async ([, load]) => (await load()).open(folder)));
  return opened.flat().filter(({ name }) => named === null || name.startsWith(named));
}

function isAlike(room: string, named: string | null): boolean {
  return named === null || named.startsWith(room) || room.startsWith(named);
}

/** What went wrong with an input. */
interface Fault {
  readonly what: string;
  /** The first place of this house in the error's stack, or what was shown. */
  readonly place: string;
  readonly error: Error | null;
}

/** The most characters that a person is told of an error, its remedy included. */
const longestTold = 6500;
/** The longest time that an input of some thousand bytes may take, on a machine that is busy. */
const longestMs = 5000;

/** Has an input read, and tells what is wrong with what came of it, or null where nothing is. */
async function faultOf(reader: Reader, input: Uint8Array): Promise<Fault | null> {
  const began = performance.now();
  const fault = await outcomeOf(reader, input);
  if (fault !== null) return fault;
  if (Object.keys(Object.prototype).length > 0) {
    const [name] = Object.keys(Object.prototype);
    Reflect.deleteProperty(Object.prototype, name!);
    return { what: `every object has got the property ${name}`, place: reader.name, error: null };
  }
  const ms = performance.now() - began;
  if (ms <= longestMs) return null;
  return { what: `it took ${Math.round(ms)} ms`, place: reader.name, error: null };
}

async function outcomeOf(reader: Reader, input: Uint8Array): Promise<Fault | null> {
  const { refuses = (error: Error) => error instanceof InputError } = reader;
  let shown: Shown;
  try {
    shown = await reader.read(input);
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const what = refuses(error) ? flawOf(error) : `${error.name} was thrown: ${error.message}`;
    return what === null ? null : { what, place: placeOf(error), error };
  }
  for (const [outlet, text] of Object.entries(shown ?? {})) {
    const what = flawOfText(text, input);
    if (what !== null) return { what, place: outlet, error: null };
  }
  return null;
}

/** Characters that steer a terminal or break a line. */
// oxlint-disable-next-line no-control-regex -- Control characters are what is looked for.
const control = /[\u0000-\u001F\u007F-\u009F\u2028\u2029]/;
// oxlint-disable-next-line no-control-regex -- The same characters, less those of a text of lines.
const controlInText = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/;

/** What is wrong with an error as a terminal shows it. */
function flawOf(error: Error): string | null {
  const told = error instanceof InputError ? errorLines(error) : [oneLine(error.message)];
  const { length } = told.join("\n");
  if (length > longestTold) return `an error of ${length} characters is told`;
  const found = control.exec(told.join(""));
  return found === null ? null : `an error is told with the character ${codeOf(found[0])}`;
}

/** What no report may say, unless the input says it. */
const unwritten = /\b(?:NaN|undefined|Infinity)\b|\[object \w+\]/;

function flawOfText(text: string, input: Uint8Array): string | null {
  const found = controlInText.exec(text);
  if (found !== null) return `the character ${codeOf(found[0])} is shown`;
  const word = unwritten.exec(text)?.[0];
  if (word === undefined || Buffer.from(input).includes(word)) return null;
  return `${word} is shown`;
}

function codeOf(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** The first file of this house in an error's stack: `packages/x/src/y.ts:12 in reader`. */
function placeOf(error: Error): string {
  for (const line of (error.stack ?? "").split("\n")) {
    const match =
      /^\s+at (?:async )?(?:(\S.*?) \()?(?:file:\/\/)?\/.*?((?:packages|apps)\/(?!.*node_modules).+?):(\d+):\d+\)?$/.exec(
        line,
      );
    if (match) return `${match[2]}:${match[3]}${match[1] ? ` in ${match[1]}` : ""}`;
  }
  return error.name;
}

/** An input and what went wrong with it. */
export interface FoundFault extends Fault {
  readonly reader: string;
  /** The number of the input, which with the seed and the reader makes it again. */
  readonly index: number;
  readonly input: Uint8Array;
}

export interface FuzzOptions {
  readonly seed: number;
  /** The number of the first input. */
  readonly first: number;
  readonly count: number;
  /** Called before each input, with its number. */
  readonly onInput?: (reader: string, index: number) => void;
}

/** Has a reader read its valid inputs, of which none may be refused, and then mutated ones. */
export async function fuzz(reader: Reader, options: FuzzOptions): Promise<FoundFault[]> {
  const { seed, first, count, onInput } = options;
  const found: FoundFault[] = [];
  for (const [index, valid] of reader.seeds.entries()) {
    const input = unchanged(valid);
    const refused = await faultOf({ ...reader, refuses: () => false }, input);
    if (refused !== null) found.push({ ...refused, reader: `${reader.name}, seed`, index, input });
  }
  for (let index = first; index < first + count; index++) {
    onInput?.(reader.name, index);
    const input = inputOf(reader, seed, index);
    const fault = await faultOf(reader, input);
    if (fault !== null) found.push({ ...fault, reader: reader.name, index, input });
  }
  return found;
}

/** The input of a number, whichever others were made before it. */
export function inputOf({ name, seeds }: Reader, seed: number, index: number): Uint8Array {
  return mutate(seeds[index % seeds.length]!, hashOf(`${seed} ${name} ${index}`));
}

/** The hash FNV-1a in 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** The faults by what went wrong and where, each with its first input, the most frequent kind first. */
export function kindsOf(faults: readonly FoundFault[]): { first: FoundFault; count: number }[] {
  const kinds = new Map<string, { first: FoundFault; count: number }>();
  for (const fault of faults) {
    const key = `${fault.reader} ${fault.place} ${fault.error?.name} ${fault.error === null ? fault.what : ""}`;
    const kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, { first: fault, count: 1 });
    else {
      kind.count++;
      if (fault.input.length < kind.first.input.length) kind.first = fault;
    }
  }
  return [...kinds.values()].toSorted((one, other) => other.count - one.count);
}

/** How many inputs each reader gets of so many. */
export function sharesOf(readers: readonly Reader[], inputs: number): number[] {
  const total = readers.reduce((sum, { share = 1 }) => sum + share, 0);
  return readers.map(({ share = 1 }) => Math.ceil((inputs * share) / total));
}
