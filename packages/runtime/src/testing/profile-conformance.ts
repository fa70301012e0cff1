import { expect, it } from "vitest";
import { imageAt, makeFixture } from "./fixture.ts";
import { openProfiledSession, type TestedEngine } from "./open-session.ts";

const runs = 3;

/** The milliseconds by which the cut-off digits of a profile's times may add up. */
const clockStep = 0.1;

/** Tests the profiles of an engine that has a profiler. */
export function describeProfiles(tested: () => TestedEngine): void {
  it("tells what the kernels of each run took, or why it does not", async ({ skip }) => {
    const session = await openProfiledSession(tested(), makeFixture("se-resnet20"), 1);
    if (session === null) return skip("the engine has no profiler");
    try {
      const staged = await session.stage(imageAt(0));
      for (let run = 0; run < runs; run++) await session.run(staged);
      const profile = await session.endProfile();
      if (!profile.ok) {
        expect(profile.reason).toMatch(/^\w+ does not tell what each kernel took: ./);
        expect(profile.remedy).not.toBe("");
        return;
      }
      expect(profile.runMs).toHaveLength(runs);
      for (const { ms } of profile.kernels) expect(ms).toHaveLength(runs);
      for (const [run, runMs] of profile.runMs.entries()) {
        const took = profile.kernels.reduce((sum, { ms }) => sum + ms[run]!, 0);
        expect(took).toBeGreaterThan(0);
        // By a GPU's clock, the work of one run may still go on when the next run has begun.
        if (profile.clock === "host") expect(took).toBeLessThanOrEqual(runMs + clockStep);
      }
    } finally {
      await session[Symbol.asyncDispose]();
    }
  });
}
