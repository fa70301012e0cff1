import { splitIntoBatches } from "@sebench/measure";
import type { Engine } from "@sebench/runtime";
import { makeSubject, sessionOptions } from "../engine-subject.ts";

/** A session of the smallest network, whose memory is watched. */
export interface MemorySubject extends AsyncDisposable {
  /** Runs the session that many times, collects garbage, and gives the resident memory in bytes. */
  residentAfter(runs: number): Promise<number>;
}

/** Gives a function that runs a session of the smallest network a number of times. */
export async function openRuns(engine: Engine): Promise<(runs: number) => Promise<void>> {
  const availability = await engine.probe();
  if (!availability.ok) throw new Error(availability.reason);
  const { model, images } = await makeSubject(engine, "se-resnet8", 32);
  const session = await engine.prepare(model, sessionOptions);
  const input = await session.stage(splitIntoBatches(images, sessionOptions.batch)[0]!);
  return async (runs) => {
    for (let run = 0; run < runs; run++) await session.run(input);
  };
}
