import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Seed } from "../mutation/mutate.ts";

/** A function of this house that reads what others wrote, and valid inputs for it. */
export interface Reader {
  /** The name, after that of its room: `records/run`. */
  readonly name: string;
  readonly seeds: readonly Seed[];
  /**
   * Reads an input, and does with what was read what is done with it when it is used.
   *
   * @returns What people see of it, if it is text, which is then looked at.
   * @throws InputError, or what `refuses` knows, for an input that is not valid
   */
  read(input: Uint8Array): Shown | Promise<Shown>;
  /** Whether an error is how the reader refuses an input; by default an `InputError` is. */
  readonly refuses?: (error: Error) => boolean;
  /** The share of the inputs that the reader gets, where 1, the default, is that of most; slow ones get less. */
  readonly share?: number;
}

/** Texts that people see, by what shows them. */
export type Shown = Readonly<Record<string, string>> | void;

/** Makes the readers of a room, which may write files into the folder. */
export type OpenReaders = (folder: string) => readonly Reader[] | Promise<readonly Reader[]>;

/** Makes a function that reads an input from a file, as the command line does. */
export function fromFile<Read>(
  folder: string,
  name: string,
  read: (path: string) => Read,
): (input: Uint8Array) => Read {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  return (input) => {
    writeFileSync(path, input);
    return read(path);
  };
}

/** Makes a function that reads an input as text. */
export function fromText<Read>(read: (text: string) => Read): (input: Uint8Array) => Read {
  return (input) => read(new TextDecoder().decode(input));
}
