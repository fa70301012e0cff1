import type { LoweredNetwork } from "@sebench/lowering";
import type { Tensor } from "@sebench/spec";
import type { Attestation, Engine, Session, SessionOptions } from "./runtime.ts";

/** Networks that are ready to run on the same images. */
export interface ModelGroup extends AsyncDisposable {
  /** The logits of each network, in turn, for a batch `[batch, 3, height, width]`. */
  run(batch: Tensor): Promise<readonly Float32Array[]>;
  /** Attests the session of the first network. */
  attest(): Promise<Attestation>;
}

/** Encodes and prepares the networks. Where one of them fails, none stays open. */
export async function openModels(
  engine: Engine,
  networks: readonly LoweredNetwork[],
  options: SessionOptions,
): Promise<ModelGroup> {
  const sessions: Session[] = [];
  const close = async () => {
    for (const session of sessions) await session[Symbol.asyncDispose]();
  };
  try {
    for (const network of networks) {
      sessions.push(await engine.prepare(await engine.encode(network, options), options));
    }
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
