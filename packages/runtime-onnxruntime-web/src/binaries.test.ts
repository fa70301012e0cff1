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

/** Compiles a binary in a process of Node with V8's flags, and gives `compiles` or the error's message. */
async function compileIn(flags: readonly string[], name: string): Promise<string> {
  const args = [...flags, "--input-type=module", "--eval", compile, name];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: onnxruntimeWebFolder,
  });
  return stdout.trim();
}

/** The binaries of the bundles for wasm, for the older WebGPU provider, and for the newer one. */
const names = ["threaded", "threaded.jsep", "threaded.asyncify"].map(
  (build) => `ort-wasm-simd-${build}.wasm`,
);

// V8 has the flag without SSE 4.1 on x64 only.
describe.skipIf(process.arch !== "x64")("the binaries that run", { timeout: 120_000 }, () => {
  it.each(names)("%s has SIMD, as its name says", async (name) => {
    expect(await compileIn([], name)).toBe("compiles");
    expect(await compileIn(["--no-enable-sse4-1"], name)).toContain("Wasm SIMD unsupported");
  });
});
