import { elementCount } from "@sebench/spec";
import type { Binding } from "./binding.ts";
import { feedsOf } from "./feeds.ts";
import type { OnnxModel } from "./model.ts";
import { type ProfileSummary, summariseProfile } from "./profile.ts";

const minRuns = 2;

/** In so many milliseconds each thread of a pool gets work ... */
const usualMs = 100;
/** ... unless the machine is so busy that no second thread gets a turn. */
const patientMs = 1000;

/** Which provider ran each node, and which threads were seen at work. */
export async function profileModel(binding: Binding, model: OnnxModel): Promise<ProfileSummary> {
  const profile = await profileFor(usualMs, binding, model);
  const idle = profile.threads.pool > 1 && profile.threads.busy === 1;
  // The CPU's threads have nothing to do where a GPU computes.
  if (!idle || profile.providers["CPUExecutionProvider"] === undefined) return profile;
  return profileFor(patientMs, binding, model);
}

/** Runs a model in a session of its own that keeps a profile. */
async function profileFor(ms: number, binding: Binding, model: OnnxModel): Promise<ProfileSummary> {
  const { InferenceSession, Tensor } = await binding.start();
  const recording = await binding.recordProfile();
  try {
    const options = { ...binding.sessionOptions(), ...recording.options };
    const session = await InferenceSession.create(model.bytes, options);
    try {
      const zeros = new Float32Array(elementCount(model.inputShape));
      const blank = new Tensor("float32", zeros, model.inputShape);
      const end = performance.now() + ms;
      for (let run = 0; run < minRuns || performance.now() < end; run++) {
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
