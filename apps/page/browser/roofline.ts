import { measureRoofline } from "@sebench/measure";
import { describeError } from "@sebench/spec";
import type { PageRoofline, RooflineResult } from "./page-api.ts";
import { loadAvailable } from "./runtimes.ts";

/** Never rejects. */
export async function roofline(asked: PageRoofline): Promise<RooflineResult> {
  try {
    const engine = await loadAvailable(asked.runtime, asked.engine);
    try {
      return { ok: true, roofline: await measureRoofline(engine, asked.request) };
    } finally {
      await engine[Symbol.asyncDispose]();
    }
  } catch (error) {
    return { ok: false, error: describeError(error) };
  }
}
