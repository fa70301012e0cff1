import { errorLines } from "@sebench/cli";
import { InputError, oneLine } from "@sebench/spec";
import type { Reader, Shown } from "./readers/reader.ts";

/** What went wrong with an input. */
export interface Fault {
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
export async function faultOf(reader: Reader, input: Uint8Array): Promise<Fault | null> {
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
