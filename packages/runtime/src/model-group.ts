import type { Tensor } from "@sebench/spec";
import type { Attestation, EncodedModel, Engine, Session, SessionOptions } from "./runtime.ts";

/** Models that are ready to run on the same images. */
export interface ModelGroup extends AsyncDisposable {
  /** The logits of each model, in turn, for a batch `[batch, 3, height, width]`. */
  run(batch: Tensor): Promise<readonly Float32Array[]>;
  /** Attests the session of the first model. */
  attest(): Promise<Attestation>;
}

/**
 * Encodes and prepares models, one after the other. Where one of them fails, none stays open.
 *
 * @param models What encodes each model, in their order.
 */
export async function openModels(
  engine: Engine,
  models: readonly (() => Promise<EncodedModel>)[],
  options: SessionOptions,
): Promise<ModelGroup> {
  const sessions: Session[] = [];
  const close = async () => {
    for (const session of sessions) await session[Symbol.asyncDispose]();
  };
  try {
    for (const encode of models) sessions.push(await engine.prepare(await encode(), options));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async run(images) {
      const outputs: Float32Array[] = [];
      for (const session of sessions) outputs.push(await session.run(await session.stage(images)));
      return outputs;
    },
    attest: () => sessions[0]!.attest(),
    [Symbol.asyncDispose]: close,
  };
}
