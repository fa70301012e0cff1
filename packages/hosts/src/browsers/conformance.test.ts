import { join } from "node:path";
import { type TemporaryFolder, temporaryFolder } from "@sebench/artifacts";
import { type CalledPage, openCalledPage } from "@sebench/page/testing";
import { onnxruntimeWebWasm } from "@sebench/runtime-onnxruntime-web";
import { tfjsWebWasm } from "@sebench/runtime-tfjs-web";
import { describeRuntimeConformance } from "@sebench/runtime/testing";
import { afterAll, beforeAll, describe } from "vitest";
import type { BrowserGroup } from "../session/browser-group.ts";
import { findFirefox } from "./firefox.ts";
import { findWebkitgtk } from "./webkitgtk.ts";

const rows = [
  { runtime: onnxruntimeWebWasm, threads: 1, package: "@sebench/runtime-onnxruntime-web" },
  { runtime: onnxruntimeWebWasm, threads: 2, package: "@sebench/runtime-onnxruntime-web" },
  { runtime: tfjsWebWasm, threads: 2, package: "@sebench/runtime-tfjs-web" },
] as const;

const browsers = [
  { host: "firefox", found: await findFirefox() },
  { host: "webkitgtk", found: await findWebkitgtk() },
] as const;

describe.each(browsers)("engines in $host", ({ host, found }) => {
  describe.skipIf("ok" in found)(`(skipped where ${host} is not found)`, () => {
    let temporary: TemporaryFolder;
    let page: CalledPage;
    let group: BrowserGroup;
    beforeAll(async () => {
      if ("ok" in found) return;
      temporary = await temporaryFolder("page");
      page = await openCalledPage(join(temporary.path, "page"));
      group = await found.open(page.address, {
        signal: new AbortController().signal,
        temporary,
        headed: false,
        device: "wasm",
      });
      void group.ended.then((reason) => page.end(reason));
    });
    afterAll(async () => {
      await group?.[Symbol.asyncDispose]();
      await page?.[Symbol.asyncDispose]();
      await temporary?.[Symbol.asyncDispose]();
    });

    for (const { runtime, threads, package: name } of rows) {
      describe(`with threads: ${threads}`, () => {
        describeRuntimeConformance({
          runtime: { ...runtime, load: (options) => page.runtime(runtime).load(options) },
          host,
          engineOptions: { threads },
          declaredIn: new URL(import.meta.resolve(name)),
          // A browser takes half a minute to start on a busy machine.
          timeoutMs: 90_000,
        });
      });
    }
  });
});
