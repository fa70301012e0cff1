/** The longest part of a file's own text that a message repeats, in characters. */
const longest = 80;

const readable = /^[\w./:-]+$/;

/**
 * Prepares a key of a file for a message: a long key is cut, and a key with letters that could move
 * a cursor or start a line is quoted, without those letters.
 */
export function toldKey(key: string): string {
  const short = key.length > longest ? `${key.slice(0, longest - 3)}...` : key;
  return readable.test(short) ? short : JSON.stringify(short).replaceAll(/[^ -~]/g, "?");
}

/**
 * Prepares a value of a header's JSON for a message. Objects and lists are shown to the first depth
 * only, since a list may be nested deeper than a stack is.
 */
export function toldValue(value: unknown): string {
  const told = Array.isArray(value)
    ? `[${value.slice(0, longest).map(flat).join(",")}]`
    : flat(value);
  const short = told.length > longest ? `${told.slice(0, longest - 3)}...` : told;
  return short.replaceAll(/[^ -~]/g, "?");
}

function flat(value: unknown): string {
  if (Array.isArray(value)) return "[...]";
  if (typeof value === "object" && value !== null) return "{...}";
  return typeof value === "string" ? JSON.stringify(value.slice(0, longest)) : String(value);
}

/** A shape for a message; a file may claim one of a million extents. */
export function toldShape(shape: readonly number[]): string {
  const more = shape.length > 8 ? ", ..." : "";
  return `[${shape.slice(0, 8).join(", ")}${more}]`;
}
