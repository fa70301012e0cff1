import { lower } from "@sebench/lowering";
import type { EncodedModel, Engine, EngineOptions, Runtime, Session } from "@sebench/runtime";
import type { Tensor } from "@sebench/spec";
import type { TestPages } from "./describe-in-browser.ts";
import { pageRuntime } from "./page-runtime.ts";
import type { TestPage, TestPageOptions } from "./test-browser.ts";
import { makeTestCase } from "./test-case.ts";

/** Loads an engine in a page, which chooses its threads itself where none are given. */
export function load(
  runtime: Runtime,
  opened: TestPage,
  options: Partial<EngineOptions> = {},
): Promise<Engine> {
  return pageRuntime(runtime, async () => opened).load({ threads: null, ...options });
}

export const oneInFp32 = { batch: 1, precision: "fp32" } as const;

/** Encodes the test case's member with SE, for one image. */
export function encode(engine: Engine): Promise<EncodedModel> {
  const { networks, weights } = makeTestCase();
  return engine.encode(lower(networks.se, weights.se, "gemm"), oneInFp32);
}

export async function prepare(engine: Engine): Promise<Session> {
  return engine.prepare(await encode(engine), oneInFp32);
}

export function oneImage(): Tensor {
  const { shape, data } = makeTestCase().images;
  return { shape: [1, ...shape.slice(1)], data: data.subarray(0, data.length / 2) };
}

/** Gives a function that asks a runtime in a page of its own. */
export function askingIn(pages: TestPages) {
  return {
    probe: (runtime: Runtime, page: TestPageOptions, options: Partial<EngineOptions> = {}) =>
      pages.lend(page, async (opened) => (await load(runtime, opened, options)).probe()),
    attest: (runtime: Runtime, page: TestPageOptions, options: Partial<EngineOptions>) =>
      pages.lend(page, async (opened) => {
        const session = await prepare(await load(runtime, opened, options));
        return session.attest();
      }),
  };
}
