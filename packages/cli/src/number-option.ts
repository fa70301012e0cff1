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

/**
 * Reads the values of a flag that takes a comma-separated list, or is repeated, each value
 * once.
 */
export function readNumbers(flag: string, texts: readonly string[], range: NumberRange): number[] {
  return [...new Set(texts.map((text) => readNumber(flag, text, range)))];
}
