import { InputError } from "@sebench/spec";

export interface NumberRange {
  readonly from: number;
  readonly to: number;
  /** Whether the number must be whole, which it must by default. */
  readonly whole?: boolean;
}

/**
 * Reads the value of a flag.
 *
 * @throws InputError if the value is out of range
 */
export function readNumber(flag: string, text: string, range: NumberRange): number {
  const { from, to, whole = true } = range;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value >= from && value <= to && (!whole || Number.isInteger(value))) return value;
  throw new InputError(`${flag} is "${text}"`, {
    remedy: `give a ${whole ? "whole " : ""}number from ${from} to ${to}`,
  });
}

/** The most values that a span may stand for. */
const mostOfSpan = 64;

/**
 * Reads the values of a flag that takes a comma-separated list, or is repeated, each value once.
 * A value may be a span: `128..512:64` is 128, 192 and so on up to 512, and `1..16` is 1, 2, 4, 8
 * and 16, by doubling.
 *
 * @throws InputError if a value is out of range, or a span has no end or too many values
 */
export function readNumbers(flag: string, texts: readonly string[], range: NumberRange): number[] {
  const given = texts.length === 0 ? [""] : texts;
  return [...new Set(given.flatMap((text) => readSpan(flag, text, range)))];
}

function readSpan(flag: string, text: string, range: NumberRange): number[] {
  const [, first, last, step] = /^(.*?)\.\.(.*?)(?::(.*))?$/.exec(text) ?? [];
  if (first === undefined || last === undefined) return [readNumber(flag, text, range)];
  const [from, to] = [readNumber(flag, first, range), readNumber(flag, last, range)];
  const by = step === undefined ? null : readNumber(flag, step, { from: 1, to: range.to });
  if (from > to) {
    throw new InputError(`${flag} ${text} goes down`, {
      remedy: `begin with the lesser: ${to}..${from}${step === undefined ? "" : `:${step}`}`,
    });
  }
  const values: number[] = [];
  for (let value = from; value < to; value = by === null ? 2 * value : value + by) {
    values.push(value);
    if (values.length < mostOfSpan) continue;
    throw new InputError(`${flag} ${text} stands for more than ${mostOfSpan} values`, {
      remedy: `give a larger step, such as ${from}..${to}:${Math.ceil((to - from) / (mostOfSpan - 1))}`,
    });
  }
  // A step that does not meet the end stops before it; doubling always ends there.
  return by === null || (to - from) % by === 0 ? [...values, to] : values;
}
