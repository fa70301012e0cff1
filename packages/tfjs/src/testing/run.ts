import type { LoweredNetwork } from "@sebench/lowering";
import type { Tensor } from "@sebench/spec";
import { tfjsEngine } from "../engine.ts";
import type { Forms } from "../forms.ts";
import type { TestBackend } from "./backend.ts";
import { testBinding } from "./binding.ts";

/** What a backend gives for `images`, with a network written in these forms. */
export async function runLowered(
  backend: TestBackend,
  lowered: LoweredNetwork,
  images: Tensor,
  forms?: Forms,
): Promise<Float32Array> {
  const engine = tfjsEngine(testBinding(backend, forms));
  const options = { batch: images.shape[0]!, precision: "fp32" } as const;
  const session = await engine.prepare(await engine.encode(lowered, options), options);
  try {
    return await session.run(await session.stage(images));
  } finally {
    await session[Symbol.asyncDispose]();
  }
}
