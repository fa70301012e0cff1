import type { LoweredNetwork } from "@sebench/lowering";
import type { Tensor } from "@sebench/spec";
import { tfjsEngine } from "../engine.ts";
import type { TfjsBinding } from "../session/binding.ts";

/** The logits of a network, computed in a new session. */
export async function runLowered(
  binding: TfjsBinding,
  lowered: LoweredNetwork,
  images: Tensor,
): Promise<Float32Array> {
  const engine = tfjsEngine(binding);
  const options = { batch: images.shape[0]!, precision: "fp32" } as const;
  const session = await engine.prepare(await engine.encode(lowered, options), options);
  try {
    return await session.run(await session.stage(images));
  } finally {
    await session[Symbol.asyncDispose]();
  }
}
