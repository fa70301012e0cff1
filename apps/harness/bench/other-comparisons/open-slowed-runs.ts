import { cycle, slowedSession, splitIntoBatches } from "@sebench/measure";
import { type EngineSubject, sessionOptions } from "../engine-subject.ts";

export interface SlowedRuns extends AsyncDisposable {
  /** Runs the session once; each run takes the next image. */
  readonly run: () => Promise<Float32Array>;
}

/**
 * Opens a session of its own, whose runs are slowed as `measureCase` slows them.
 *
 * @param slowdown the slowdown as a fraction: 0.02 for runs that are 2 % slower; 0 leaves the
 * wait's own cost
 */
export async function openSlowedRuns(
  { engine, model, images }: EngineSubject,
  slowdown: number,
): Promise<SlowedRuns> {
  const prepared = await engine.prepare(model, sessionOptions);
  const session = slowedSession(prepared, slowdown, () => performance.now());
  const inputs = [];
  for (const batch of splitIntoBatches(images, sessionOptions.batch)) {
    inputs.push(await session.stage(batch));
  }
  return {
    run: cycle(session, inputs),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}
