import type { Availability, Engine, Session } from "@sebench/runtime";

/**
 * The steps of the clock that what is timed takes at least. A browser still compiles when this is
 * found, and later runs may take half as long: then a step is 1 % of a sample.
 */
const stepsOfSample = 200;

/** An engine whose runs are repeated where the clock is too coarse for one. */
export interface RepeatedEngine {
  readonly engine: Engine;
  /** What the engine said of itself when it was started, or null before. */
  availability(): Availability | null;
  /** The runs that are timed as one. */
  runsPerSample(): number;
}

/**
 * Wraps an engine so that a timed run is as many runs as take two hundred steps of the clock. The number
 * is found by the second call of the first session, and is the same for all sessions from then on,
 * so that members compare.
 *
 * @param clockStepMs The step of the clock, in milliseconds.
 * @param now A clock in milliseconds.
 */
export function repeatedEngine(
  inner: Engine,
  clockStepMs: number,
  now: () => number = () => performance.now(),
): RepeatedEngine {
  const found: { availability: Availability | null; runs: number | null; calls: number } = {
    availability: null,
    runs: null,
    calls: 0,
  };
  const repeated = (session: Session): Session => ({
    stage: (input) => session.stage(input),
    attest: () => session.attest(),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
    async run(input) {
      // The first run of all compiles, and says nothing of later ones.
      if (found.calls++ === 0) return session.run(input);
      if (found.runs !== null) {
        for (let run = 1; run < found.runs; run++) await session.run(input);
        return session.run(input);
      }
      const wantedMs = stepsOfSample * clockStepMs;
      // Each burst is twice as long as the one before it, so the last finds the engine warmest.
      for (let runs = 1; ; runs *= 2) {
        const beganMs = now();
        for (let run = 1; run < runs; run++) await session.run(input);
        const logits = await session.run(input);
        const tookMs = now() - beganMs;
        if (tookMs < wantedMs) continue;
        found.runs = Math.ceil((runs * wantedMs) / tookMs);
        return logits;
      }
    },
  });
  return {
    availability: () => found.availability,
    runsPerSample: () => found.runs ?? 1,
    engine: {
      probe: async () => (found.availability = await inner.probe()),
      encode: (network, options) => inner.encode(network, options),
      prepare: async (model, options) => repeated(await inner.prepare(model, options)),
      [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
    },
  };
}
