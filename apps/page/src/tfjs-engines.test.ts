import type { EngineOptions, Runtime } from "@sebench/runtime";
import { tfjsWebCpu, tfjsWebWasm, tfjsWebWebgl, tfjsWebWebgpu } from "@sebench/runtime-tfjs-web";
import { describeRuntimeConformance } from "@sebench/runtime/testing";
import { expect, it } from "vitest";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { pageRuntime } from "./testing/page-runtime.ts";
import type { TestPage, TestPageOptions } from "./testing/test-browser.ts";

interface Row {
  readonly runtime: Runtime;
  readonly engineOptions: EngineOptions;
  readonly page: TestPageOptions;
}

const rows: readonly Row[] = [
  { runtime: tfjsWebCpu, engineOptions: { threads: 1 }, page: {} },
  { runtime: tfjsWebWasm, engineOptions: { threads: 2 }, page: {} },
  { runtime: tfjsWebWebgl, engineOptions: { threads: null }, page: {} },
  { runtime: tfjsWebWebgpu, engineOptions: { threads: null }, page: { webgpu: true } },
];

describeInBrowser("engines of tfjs", 240_000, (pages) => {
  const declaredIn = new URL(import.meta.resolve("@sebench/runtime-tfjs-web"));

  it("loads no part of tfjs before a runtime is asked for, and then no other backend", async () => {
    const opened = await pages.open();
    const before = await classesOf(opened);
    await (await pageRuntime(tfjsWebWasm, async () => opened).load({ threads: 1 })).probe();
    const after = await classesOf(opened);
    await opened[Symbol.asyncDispose]();
    expect(before).toEqual([]);
    expect(after).toEqual(["KernelBackend", "BackendWasm"]);
  });

  for (const { runtime, engineOptions, page } of rows) {
    describeRuntimeConformance({
      runtime: pageRuntime(runtime, () => pages.open(page)),
      host: "chromium",
      engineOptions,
      declaredIn,
      // SwiftShader compiles shaders for a minute on a busy machine.
      timeoutMs: 240_000,
    });
  }
});

/**
 * The classes of tfjs's backends, and the class below them, that the page's scripts have, as the
 * bundler writes them.
 */
function classesOf({ page }: TestPage): Promise<string[]> {
  return page.evaluate(async () => {
    const names = performance.getEntriesByType("resource").map(({ name }) => name);
    const scripts = names.filter((name) => name.endsWith(".js"));
    const texts = await Promise.all(scripts.map(async (name) => (await fetch(name)).text()));
    const classes = [
      "KernelBackend",
      "MathBackendCPU",
      "BackendWasm",
      "MathBackendWebGL",
      "WebGPUBackend",
    ];
    return classes.filter((name) => texts.some((text) => text.includes(`${name} = class`)));
  });
}
