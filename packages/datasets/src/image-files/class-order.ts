import { join } from "node:path";
import { InputError } from "@sebench/spec";
import type { TakenOrder } from "../image/dataset.ts";

/**
 * The library whose numbers the network's classes have: torchvision's `ImageFolder` sorts names
 * by code points, timm in natural order without regard to case (`natural_key` in
 * `timm/utils/misc.py`), so that `class2` comes before `class10`, and `apple` before `Banana`.
 */
export type ClassOrder = TakenOrder["taken"];

/** An order of classes that somebody meant, and the flag that says so. */
export type SaidOrder = Pick<TakenOrder, "taken" | "by">;

export interface OrderedNames {
  readonly names: readonly string[];
  /** The order that was taken where the two differ, or null where they agree. */
  readonly order: TakenOrder | null;
}

/** The file in which a folder may name its classes, one a line in label order. */
export const classFile = "classes.txt";

/** The order of classes that the flags say, or null if they leave it open. */
export function saidOrder(
  classOrder: ClassOrder | undefined,
  preprocessing: string | null,
): SaidOrder | null {
  if (classOrder !== undefined) return { taken: classOrder, by: "--class-order" };
  const library = /^(?:torchvision|timm)(?=-|$)/.exec(preprocessing ?? "")?.[0];
  if (library !== "torchvision" && library !== "timm") return null;
  return { taken: library, by: "--preprocessing" };
}

/**
 * Puts class names into the order of the network's classes.
 *
 * @param of The source of the names, as errors name it: "the class folders of imagenet/val".
 * @param directory The folder in which `classes.txt` may settle the order.
 * @throws InputError if torchvision and timm number the names in different ways and nothing says
 *   which was meant, or if timm's order of them differs from process to process
 */
export function orderNames(
  unordered: Iterable<string>,
  said: SaidOrder | null,
  of: string,
  directory: string,
): OrderedNames {
  const names = [...new Set(unordered)].toSorted(compareCodePoints);
  const natural = naturallySorted(names);
  const at = names.findIndex((name, index) => name !== natural.names[index]);
  if (at < 0 && natural.tie === null) return { names, order: null };
  const apart = natural.tie ?? ([natural.names[at]!, names[at]!] as const);
  if (said === null || !settles(said, names) || (said.taken === "timm" && natural.tie !== null)) {
    throw orderOpen({ of, directory, apart, tied: natural.tie !== null });
  }
  return { names: said.taken === "timm" ? natural.names : names, order: { ...said, apart } };
}

/**
 * Whether a flag says the order of these names. Folders named 0, 1, 2, ..., 10 are class indices
 * in ImageNet-V2, which is evaluated with torchvision's preprocessing as well: that does not say
 * that they stand for the text order 0, 1, 10, 2.
 */
function settles({ taken, by }: SaidOrder, names: readonly string[]): boolean {
  if (by === "--class-order" || taken === "timm") return true;
  return !names.every((name) => /^\d+$/.test(name));
}

interface OpenOrder {
  readonly of: string;
  readonly directory: string;
  readonly apart: TakenOrder["apart"];
  /** Whether timm has no order of its own for the two names. */
  readonly tied: boolean;
}

function orderOpen({ of, directory, apart: [first, second], tied }: OpenOrder): InputError {
  const file = join(directory, classFile);
  if (tied) {
    return new InputError(
      `${of} include "${first}" and "${second}", which timm numbers by chance, anew in each process`,
      {
        remedy:
          `List the classes in label order in ${file}, or give --class-order torchvision if ` +
          "torchvision's ImageFolder numbered them for the training.",
      },
    );
  }
  return new InputError(
    `${of} have two orders: timm puts "${first}" before "${second}", torchvision after it`,
    {
      remedy:
        "Give --class-order timm or --class-order torchvision, by what numbered the classes for " +
        "the training (timm's order is that of the numbers where folders are class indices, as " +
        `in ImageNet-V2), or list the classes in label order in ${file}.`,
    },
  );
}

/** Compares names by code points, as Python sorts them, where JavaScript goes by UTF-16 units. */
export function compareCodePoints(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const [a, b] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (a !== b) return rankOf(a) - rankOf(b);
  }
  return one.length - other.length;
}

/** The rank of a UTF-16 unit, in which the surrogates of code points past U+FFFF come last. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

/** A name as timm compares it: text at even places, and the numbers between at odd ones. */
type NaturalKey = readonly (string | bigint)[];

/**
 * Names in timm's order, and the first two whose keys are one, which it leaves to a set's order; of
 * these, torchvision has the second first.
 */
function naturallySorted(names: readonly string[]): {
  readonly names: readonly string[];
  readonly tie: TakenOrder["apart"] | null;
} {
  const keyed = names
    .map((name) => ({ name, key: naturalKey(name) }))
    .toSorted((one, other) => compareKeys(one.key, other.key));
  const sorted = keyed.map(({ name }) => name);
  const at = keyed.findIndex(({ key }, index) => {
    const next = keyed[index + 1];
    return next !== undefined && compareKeys(key, next.key) === 0;
  });
  return { names: sorted, tie: at < 0 ? null : [sorted[at + 1]!, sorted[at]!] };
}

function naturalKey(name: string): NaturalKey {
  const pieces = name.toLowerCase().split(/(\p{Nd}+)/u);
  return pieces.map((piece, index) => (index % 2 === 0 ? piece : BigInt(asciiDigits(piece))));
}

/** The digits of any script as 0 to 9. Unicode has them in unbroken runs that begin with a zero. */
function asciiDigits(digits: string): string {
  return Array.from(digits, (digit) => {
    const code = digit.codePointAt(0)!;
    let zero = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
    return (code - zero) % 10;
  }).join("");
}

function compareKeys(one: NaturalKey, other: NaturalKey): number {
  for (const [at, a] of one.entries()) {
    const b = other[at];
    if (b === undefined) return 1;
    const difference =
      typeof a === "string" && typeof b === "string"
        ? compareCodePoints(a, b)
        : compareNumbers(a, b);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

function compareNumbers(a: string | bigint, b: string | bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
