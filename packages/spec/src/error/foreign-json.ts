/** The levels of lists and objects that a file may have: records of ours have eleven. */
const deepest = 100;

/**
 * Reads JSON that somebody else may have written. `JSON.parse` itself takes any depth, but
 * whatever walks the value after it does not.
 *
 * @throws Error that is short, if the text is no JSON or is nested too deep
 */
export function parseForeignJson(text: string): unknown {
  if (nestsDeeperThan(deepest, text)) {
    throw new Error(`its lists and objects are nested more than ${deepest} deep`);
  }
  return JSON.parse(text.startsWith("\uFEFF") ? text.slice(1) : text);
}

function nestsDeeperThan(most: number, text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (quoted) {
      if (character === codes.backslash) at++;
      else if (character === codes.quote) quoted = false;
    } else if (character === codes.quote) {
      quoted = true;
    } else if (character === codes.list || character === codes.object) {
      if (++depth > most) return true;
    } else if (character === codes.listEnd || character === codes.objectEnd) {
      depth--;
    }
  }
  return false;
}

const codes = {
  quote: 0x22,
  backslash: 0x5c,
  list: 0x5b,
  listEnd: 0x5d,
  object: 0x7b,
  objectEnd: 0x7d,
};

/** Whether a value of JSON is an object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The first key that an object of a JSON text has twice, or null; `JSON.parse` takes the last of them
 * without a word.
 *
 * @param text A text that `JSON.parse` takes.
 */
export function repeatedKey(text: string): string | null {
  const open: Set<string>[] = [];
  const colon = /\s*:/y;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "{") open.push(new Set());
    if (text[at] === "}") open.pop();
    if (text[at] !== '"') continue;
    const end = stringEnd(text, at);
    colon.lastIndex = end;
    if (colon.test(text)) {
      const key = JSON.parse(text.slice(at, end)) as string;
      if (open.at(-1)?.has(key)) return key;
      open.at(-1)?.add(key);
    }
    at = end - 1;
  }
  return null;
}

/**
 * The position behind the closing quote of a string. A loop finds it, since regular
 * expressions overflow on long strings.
 */
function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}
