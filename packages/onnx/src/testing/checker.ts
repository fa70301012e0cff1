import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** Debian's Python, which has `python3-onnx`; another `python3` may come first on the path. */
export const python = "/usr/bin/python3";
const script = fileURLToPath(new URL("check_models.py", import.meta.url));

export interface NamedModel {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function hasChecker(): boolean {
  return spawnSync(python, ["-c", "import onnx.checker"]).status === 0;
}

/**
 * The environment in which glibc keeps the process's memory: the checker copies a model
 * some eight times, and getting new pages for each copy would take most of its time.
 */
const env = { ...process.env, MALLOC_MMAP_MAX_: "0", MALLOC_TRIM_THRESHOLD_: String(2 ** 33) };

/** The official checker's verdict on each model, with an `error` of null for a valid one. */
export async function checkModels(
  models: Iterable<NamedModel>,
): Promise<{ name: string; error: string | null }[]> {
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"], env });
  const output = text(child.stdout);
  for (const { name, bytes } of models) {
    child.stdin.write(`${name} ${bytes.length}\n`);
    if (!child.stdin.write(bytes)) await once(child.stdin, "drain");
  }
  child.stdin.end();
  return (await output)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { name: string; error: string | null });
}
