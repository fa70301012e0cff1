import { execFile } from "node:child_process";
import { promisify } from "node:util";

const engines = /^(onnxruntime-(node|web)|@tensorflow\/)/;

/** The source of a hook of Node's module loader that refuses every engine. */
const refuseEngines = `
  export function resolve(specifier, context, next) {
    if (${engines}.test(specifier)) {
      throw new Error(specifier + " is loaded by " + context.parentURL);
    }
    return next(specifier, context);
  }`;

/** The imports of a test file's modules, by URL; several runtimes may have one module. */
const imports = new Map<string, Promise<void>>();

/**
 * Imports a module in a process where importing an engine throws. Rejects with the error that the
 * process reports.
 */
export function importWithoutEngines(module: URL): Promise<void> {
  const imported = imports.get(module.href) ?? importInProcess(module);
  imports.set(module.href, imported);
  return imported;
}

async function importInProcess(module: URL): Promise<void> {
  const script = `
    import { register } from "node:module";
    register("data:text/javascript," + encodeURIComponent(${JSON.stringify(refuseEngines)}));
    await import(${JSON.stringify(module.href)});`;
  const flags = ["--import", "tsx", "--input-type", "module", "--eval", script];
  await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname });
}
