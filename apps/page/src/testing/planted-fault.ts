import type { AnswerTo, MeasureJob, PageOutcome, SoakJob } from "@sebench/jobs";
import type { RuntimeId } from "@sebench/runtime";
import type { Page } from "playwright";

import type { PageModel } from "./page-runtime.ts";
import type { TestPage } from "./test-browser.ts";
import { answerIn, makeTestCase, pair, shortest, supplyTestCase } from "./test-case.ts";

type Method = (this: unknown, ...given: unknown[]) => unknown;
type BrowserClass = { readonly prototype: Record<string, Method> };

/**
 * Keeps the last result of a method of one of the browser's classes, as `kept`, for `breakKept`.
 */
export async function keepResult(page: Page, className: string, method: string): Promise<void> {
  await page.evaluate(
    ([name, key]) => {
      const { prototype } = Reflect.get(globalThis, name) as BrowserClass;
      const original = prototype[key]!;
      prototype[key] = function keeping(...given) {
        const result = original.apply(this, given);
        Reflect.set(globalThis, "kept", result);
        return result;
      };
    },
    [className, method] as const,
  );
}

/** A WebGL context or a WebGPU device, as far as it can be taken away or made to fail. */
interface Breakable {
  destroy?(): void;
  createBuffer?(options: { readonly size: number; readonly usage: number }): unknown;
  getExtension?(name: "WEBGL_lose_context"): { loseContext(): void };
}

/** Takes the kept context or device away from the engine that uses it. */
export async function breakKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const kept = (await Reflect.get(globalThis, "kept")) as Breakable;
    kept.destroy?.();
    kept.getExtension?.("WEBGL_lose_context").loseContext();
  });
}

/**
 * Measures a case, breaks the kept context or device while the case runs, and gives the outcome.
 */
export async function measureUntilBroken(
  opened: TestPage,
  runtime: RuntimeId,
): Promise<PageOutcome<AnswerTo<MeasureJob>>> {
  const job: MeasureJob = {
    ...(await supplyTestCase(opened, makeTestCase())),
    runtime,
    engine: { threads: null },
    measure: { ...shortest, budgetMs: 200_000, minRounds: 100_000 },
  };
  const running = answerIn(opened, job);
  await opened.page.getByText("measuring").waitFor({ timeout: 200_000 });
  await breakKept(opened.page);
  return running;
}

/** Soaks a session, breaks the kept context or device after some runs, and gives the outcome. */
export async function soakUntilBroken(
  opened: TestPage,
  runtime: RuntimeId,
): Promise<PageOutcome<AnswerTo<SoakJob>>> {
  await supplyTestCase(opened, makeTestCase());
  let isSecond: () => void;
  const second = new Promise<void>((resolve) => (isSecond = resolve));
  await opened.page.exposeFunction(
    "sebenchProgress",
    ({ phase, done }: { readonly phase: string; readonly done: number }) => {
      if (phase === "soak" && done >= 2) isSecond();
    },
  );
  const running = answerIn(opened, {
    kind: "soak",
    runtime,
    engine: { threads: null },
    members: { kind: "networks", pair, member: "se", lowering: "gemm" },
    soak: { batch: 1, precision: "fp32", runs: 1_000_000, tolerance: 1e-4 },
  });
  await second;
  await breakKept(opened.page);
  return running;
}

/**
 * Makes the kept WebGPU device fail as it does where memory runs out: with an error that nobody
 * waits for.
 */
export async function failKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const kept = (await Reflect.get(globalThis, "kept")) as Breakable;
    kept.createBuffer?.({ size: 4, usage: 0 });
  });
}

/** Takes an extension away from WebGL contexts. */
export async function hideExtension(page: Page, extension: string): Promise<void> {
  await page.evaluate((hidden) => {
    const { prototype } = Reflect.get(globalThis, "WebGL2RenderingContext") as BrowserClass;
    const original = prototype["getExtension"]!;
    prototype["getExtension"] = function getExtension(name) {
      return name === hidden ? null : original.call(this, name);
    };
  }, extension);
}

/** Takes WebGPU's adapter away from the browser after it has been asked for a number of times. */
export async function loseAdapter(
  page: Page,
  { after }: { readonly after: number },
): Promise<void> {
  await page.evaluate((times) => {
    const { prototype } = Reflect.get(globalThis, "GPU") as BrowserClass;
    const original = prototype["requestAdapter"]!;
    let asked = 0;
    prototype["requestAdapter"] = async function requestAdapter(...given) {
      return ++asked > times ? null : original.apply(this, given);
    };
  }, after);
}

/** Writes another operator into an ONNX model, with a name of the same length. */
export async function replaceOperator(
  { handle }: PageModel,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  await handle.evaluate(
    (model, [known, other]) => {
      const { bytes } = model as unknown as { readonly bytes: Uint8Array };
      const [searched, written] = [known, other].map((name) => new TextEncoder().encode(name));
      for (let start = 0; start < bytes.length - searched!.length; start++) {
        if (searched!.every((byte, index) => bytes[start + index] === byte)) {
          bytes.set(written!, start);
        }
      }
    },
    [from, to] as const,
  );
}
