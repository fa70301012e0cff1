import { type Fault, faultOf } from "./fault.ts";
import { mutate, unchanged } from "./mutation/mutate.ts";
import type { Reader } from "./readers/reader.ts";

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
