import { readFile } from "node:fs/promises";
import path from "node:path";

/** The answer to a URL. */
export interface Content {
  readonly type: string;
  readonly body: Uint8Array | string;
}

/**
 * The content types by the ending of a name. A browser compiles wasm while it loads only under the
 * right type, and runs no module under a wrong one.
 */
const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

export function typeOf(name: string): string {
  return types[path.extname(name)] ?? "application/octet-stream";
}

/**
 * Reads a file in a folder or below, or gives null where there is none, or where the name leads out
 * of the folder.
 */
export async function readContent(folder: string, name: string): Promise<Content | null> {
  const file = path.resolve(folder, name);
  if (!file.startsWith(path.resolve(folder) + path.sep)) return null;
  try {
    return { type: typeOf(file), body: await readFile(file) };
  } catch {
    return null;
  }
}
