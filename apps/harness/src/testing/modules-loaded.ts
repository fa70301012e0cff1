import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { main } from "./bench.ts";

/** The source of a hook of Node's module loader that writes down the URL of each module, a line each. */
const writeDown = (file: string) => `
  import { appendFileSync } from "node:fs";
  export async function load(url, context, next) {
    appendFileSync(${JSON.stringify(file)}, url + "\\n");
    return next(url, context);
  }`;

/** The modules that a command line loads, as URLs. It must end with exit code 0. */
export async function modulesLoaded(...given: readonly string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "sebench-modules-"));
  const file = join(folder, "modules.txt");
  const hook = `data:text/javascript,${encodeURIComponent(writeDown(file))}`;
  const register = `import { register } from "node:module"; register(${JSON.stringify(hook)});`;
  const first = `data:text/javascript,${encodeURIComponent(register)}`;
  const flags = ["--import", import.meta.resolve("tsx/esm"), "--import", first];
  try {
    await promisify(execFile)(process.execPath, [...flags, main, ...given]);
    return (await readFile(file, "utf8")).trim().split("\n");
  } finally {
    await rm(folder, { recursive: true });
  }
}
