import type { RunRecord } from "./run-record.ts";

/**
 * The record as JSON that diffs well: indented, with every list of numbers on
 * one line. Samples are rounded to 1e-4 ms, far below what any clock here
 * resolves and half the size; figures worked out from them are not rounded.
 */
export function formatRecord(record: RunRecord): string {
  return formatJson(record, roundSamples);
}

/** Indented, with every list of numbers on one line. */
export function formatJson(
  record: object,
  replace: (key: string, value: unknown) => unknown = (_, value) => value,
): string {
  const text = JSON.stringify(record, replace, 2);
  // A string of JSON holds no line break, so this only ever meets lists.
  const lists = /\[\n\s+([-+.\deE]+(?:,\n\s+[-+.\deE]+)*)\n\s+\]/g;
  return `${text.replace(lists, (_, items: string) => `[${items.replace(/,\s+/g, ", ")}]`)}\n`;
}

function roundSamples(key: string, value: unknown): unknown {
  if (key !== "samplesMs") return value;
  return (value as number[][][]).map((replica) =>
    replica.map((round) => round.map((sample) => Math.round(sample * 1e4) / 1e4)),
  );
}

/** For `JSON.stringify`: numbers to 1e-6. */
export function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Math.round(value * 1e6) / 1e6 : value;
}
