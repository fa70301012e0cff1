import { readFile, stat } from "node:fs/promises";
import { InputError, shellQuoted } from "@sebench/spec";
import { kindOfFile } from "./image-listing.ts";

/** The most bytes of a text that is read, some four times those of ImageNet's training labels. */
const mostBytes = 2 ** 28;

/**
 * Reads a text in UTF-8, or in UTF-16 if it begins with a byte-order mark, which is left out.
 *
 * @param remedy The way to give another file.
 * @throws InputError if the file cannot be read, is none, or is in another encoding
 */
export async function readText(path: string, what: string, remedy: string): Promise<string> {
  const fail = (reason: string, cause?: unknown) =>
    new InputError(`${what} ${path} cannot be read: ${reason}`, { remedy, cause });
  let bytes: Buffer;
  try {
    const found = await stat(path);
    const kind = kindOfFile(found);
    // Each process that reads images reads the text anew, which a FIFO gives only once.
    if (kind !== "file") throw fail(`it is a ${kind}`);
    if (found.size > mostBytes) throw fail(`it has ${found.size} bytes, and ${mostBytes} are read`);
    bytes = await readFile(path);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw fail(cause instanceof Error ? cause.message : String(cause), cause);
  }
  return decode(bytes, path, what);
}

function decode(bytes: Uint8Array, path: string, what: string): string {
  const [first, second] = bytes;
  const marked =
    first === 0xff && second === 0xfe
      ? "utf-16le"
      : first === 0xfe && second === 0xff
        ? "utf-16be"
        : null;
  const encoding = marked ?? "utf-8";
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch {
    // The error is the same as where there are zeros.
  }
  const zeros = marked === null && bytes.subarray(0, 1024).includes(0);
  const guess = zeros ? "UTF-16" : "ISO-8859-1";
  throw new InputError(
    `${what} ${path} is not UTF-8${zeros ? ": it seems to be UTF-16 without a byte-order mark" : ""}`,
    {
      remedy: `Save it as UTF-8; if it is ${guess}: iconv -f ${guess} -t UTF-8 ${shellQuoted(path)} > labels.txt`,
    },
  );
}

/** The most characters of a file's text that a message repeats. */
const mostQuoted = 120;

/** A text within a message, in quotes, cut short and on one line, since files hold any text. */
export function quoted(text: string): string {
  return `"${shortened(text)}"`;
}

/** A parser's message, which may repeat the text at length, cut short and on one line. */
export function shortened(text: string): string {
  const characters = Array.from(text.slice(0, 2 * mostQuoted));
  const cut = text.length > mostQuoted ? `${characters.slice(0, mostQuoted).join("")}...` : text;
  return cut.replaceAll(/\p{Cc}/gu, "?");
}
