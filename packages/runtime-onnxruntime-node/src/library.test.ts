import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Ort } from "@sebench/onnxruntime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeBinding } from "./binding.ts";
import { onnxruntimeNodeCpu } from "./runtime.ts";

/** The folder of the installed package, with `dist` in JavaScript and `bin` with the native binaries. */
const installed = path.resolve(
  createRequire(import.meta.url).resolve("onnxruntime-node/package.json"),
  "..",
);

describe("an engine whose package is broken", () => {
  let modules: string;

  beforeEach(async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "sebench-library-"));
    modules = path.join(folder, "node_modules");
    await mkdir(modules);
  });
  afterEach(() => rm(path.dirname(modules), { recursive: true }));

  const probe = (file: string) => {
    const importer = () => import(pathToFileURL(path.join(modules, file)).href) as Promise<Ort>;
    return nodeBinding(onnxruntimeNodeCpu, "cpu", { threads: 1 }, importer).probe();
  };

  async function copyWithoutBinary(): Promise<string> {
    const copy = path.join(modules, "onnxruntime-node");
    await cp(path.join(installed, "dist"), path.join(copy, "dist"), { recursive: true });
    await symlink(
      path.join(installed, "../onnxruntime-common"),
      path.join(modules, "onnxruntime-common"),
    );
    return copy;
  }

  it("says that it has no binary for this system", async () => {
    await copyWithoutBinary();
    expect(await probe("onnxruntime-node/dist/index.js")).toEqual({
      ok: false,
      reason: `onnxruntime-node has no binary for ${process.platform} ${process.arch}`,
      remedy: expect.stringContaining("x64 or arm64"),
    });
  });

  it("says that its binary does not load", async () => {
    const { platform, arch } = process;
    const folder = path.join(await copyWithoutBinary(), "bin/napi-v6", platform, arch);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, "onnxruntime_binding.node"), "not a library");
    expect(await probe("onnxruntime-node/dist/index.js")).toEqual({
      ok: false,
      reason: expect.stringContaining("onnxruntime-node's binary does not load"),
      remedy: expect.stringContaining("reinstall"),
    });
  });

  it("says that it is not installed", async () => {
    await writeFile(path.join(modules, "importing.mjs"), 'export * from "onnxruntime-node";');
    expect(await probe("importing.mjs")).toEqual({
      ok: false,
      reason: "onnxruntime-node is not installed",
      remedy: expect.stringContaining("install"),
    });
  });
});
