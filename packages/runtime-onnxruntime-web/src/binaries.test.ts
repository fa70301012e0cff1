import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
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

const names = (await readdir(onnxruntimeWebFolder)).filter((name) => name.endsWith(".wasm"));

// The flag is V8's, and only there on x64.
describe.skipIf(process.arch !== "x64")("the package's binaries", { timeout: 120_000 }, () => {
  it.each(names)("%s has SIMD, as its name says", async (name) => {
    expect(name).toContain("-simd");
    expect(await compileIn([], name)).toBe("compiles");
    expect(await compileIn(["--no-enable-sse4-1"], name)).toContain("Wasm SIMD unsupported");
  });
});
