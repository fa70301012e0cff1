import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { onnxruntimeWebFolder } from "./folder.ts";

const compile = `
  const { readFileSync } = process.getBuiltinModule("node:fs");
  await WebAssembly.compile(readFileSync(process.argv[1])).then(
    () => console.log("compiles"),
    (error) => console.log(error.message),
  );`;

/** Compiles a binary in a Node that takes the CPU for one with, or without, vector instructions. */
async function compileIn(flags: readonly string[], name: string): Promise<string> {
  const args = [...flags, "--input-type=module", "--eval", compile, name];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: onnxruntimeWebFolder,
  });
  return stdout.trim();
}

/** Of the bundles for wasm, for the older WebGPU provider, and for the newer. */
const names = ["threaded", "threaded.jsep", "threaded.asyncify"].map(
  (build) => `ort-wasm-simd-${build}.wasm`,
);

// The flag is V8's, and only there on x64.
describe.skipIf(process.arch !== "x64")("the binaries that run", { timeout: 120_000 }, () => {
  it.each(names)("%s has SIMD, as its name says", async (name) => {
    expect(await compileIn([], name)).toBe("compiles");
    expect(await compileIn(["--no-enable-sse4-1"], name)).toContain("Wasm SIMD unsupported");
  });
});
