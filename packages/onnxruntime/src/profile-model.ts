import { elementCount } from "@sebench/spec";
import type { Binding } from "./binding.ts";
import { feedsOf } from "./feeds.ts";
import type { OnnxModel } from "./model.ts";
import { type ProfileSummary, summariseProfile } from "./profile.ts";

/**
 * A profile covers at least so many runs and milliseconds, in which each thread
 * of a pool gets work even on a busy machine.
 */
const profiled = { runs: 2, ms: 100 };

/** Runs a model in a session of its own that keeps a profile. */
export async function profileModel(binding: Binding, model: OnnxModel): Promise<ProfileSummary> {
  const { InferenceSession, Tensor } = await binding.start();
  const recording = await binding.recordProfile();
  try {
    const options = { ...binding.sessionOptions(), ...recording.options };
    const session = await InferenceSession.create(model.bytes, options);
    try {
      const zeros = new Float32Array(elementCount(model.inputShape));
      const blank = new Tensor("float32", zeros, model.inputShape);
      const end = performance.now() + profiled.ms;
      for (let run = 0; run < profiled.runs || performance.now() < end; run++) {
        await session.run(feedsOf(session, blank));
      }
      return summariseProfile(await recording.finish(session));
    } finally {
      await session.release();
    }
  } finally {
    await recording[Symbol.asyncDispose]();
  }
}
