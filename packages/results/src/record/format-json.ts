/** The record as indented JSON, with every list of numbers on one line. */
export function formatJson(
  record: object,
  replace: (key: string, value: unknown) => unknown = (_, value) => value,
): string {
  const text = JSON.stringify(record, replace, 2);
  // A string of JSON holds no line break, so the pattern meets nothing but lists.
  const lists = /\[\n\s+([-+.\deE]+(?:,\n\s+[-+.\deE]+)*)\n\s+\]/g;
  return `${text.replace(lists, (_, items: string) => `[${items.replace(/,\s+/g, ", ")}]`)}\n`;
}

/** A replacer for `JSON.stringify` that rounds numbers to 1e-6. */
export function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Math.round(value * 1e6) / 1e6 : value;
}
