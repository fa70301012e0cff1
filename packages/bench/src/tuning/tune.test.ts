import { expect, test } from "vitest";
import type { TraceStep } from "./ring.ts";
import { type Simulation, simulatedRace, simulatedSpace } from "./testing/simulated-race.ts";
import { tune } from "./tune-case.ts";

/**
 * Costs in which stage 2 is the fastest as `c`, stage 3 as `b`, and stage 4 as `d`; where all
 * stages have one form, `b` is the fastest.
 */
const costs = {
  2: { a: 4, b: 2, c: 1, d: 5 },
  3: { a: 4, b: 1, c: 3, d: 4 },
  4: { a: 4, b: 3, c: 6, d: 2 },
};
const optimum = "2:c/3:b/4:d";
const quiet: Simulation = { plainMs: 40, costs, noise: 0.005, seed: 7 };

function tuneSimulated(changed: Partial<Simulation> = {}, budgetMs = 120_000, seed = 1) {
  const simulation = { ...quiet, ...changed };
  const simulated = simulatedRace(simulation);
  const steps: TraceStep[] = [];
  const tuned = tune(simulated.race, simulatedSpace(simulation.costs, "a"), {
    budgetMs,
    seed,
    now: simulated.now,
    onStep: (step) => steps.push(step),
  });
  return tuned.then((outcome) => {
    if (!outcome.ok) throw new Error(outcome.reason);
    return { ...outcome, ...simulated, steps };
  });
}

test("the form that is the fastest in each stage is found", async () => {
  expect((await tuneSimulated()).lowering).toBe(optimum);
});

test("it is found through noise of a visit that is as large as most gains", async () => {
  expect((await tuneSimulated({ noise: 0.02 }, 600_000)).lowering).toBe(optimum);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "where no form is faster, noise does not make one so (seed %i)",
  async (seed) => {
    const alike = { a: 4, b: 4.5, c: 5, d: 5 };
    const none = { costs: { 2: alike, 3: alike }, noise: 0.03, seed };
    expect((await tuneSimulated(none)).lowering).toBe("a");
  },
);

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "in noise as large as all differences, it does not end with more than the naive form takes (seed %i)",
  async (seed) => {
    const { lowering, trueMs } = await tuneSimulated({ noise: 0.1, seed });
    expect(trueMs(lowering)).toBeLessThanOrEqual(trueMs("a"));
  },
);

test.each([5000, 20_000, 60_000, 120_000])(
  "a budget of %i ms is kept, but for the races that say what was gained",
  async (budgetMs) => {
    const { now, races } = await tuneSimulated({}, budgetMs);
    const first = 6 * (400 + 5 * 50);
    const finale = 3 * 3 * (400 + 5 * 50);
    expect(now()).toBeLessThanOrEqual(Math.max(budgetMs, first + finale));
    expect(races.length).toBeGreaterThan(2);
  },
);

test("the same seed gives the same trace, and another one another", async () => {
  const noisy = { noise: 0.02 };
  const [once, again] = [await tuneSimulated(noisy), await tuneSimulated(noisy)];
  expect(again.trace).toEqual(once.trace);
  expect((await tuneSimulated(noisy, 120_000, 3)).trace).not.toEqual(once.trace);
});

test("no more models are open at once than six", async () => {
  const many = Object.fromEntries([..."abcdefghijklm"].map((form, at) => [form, 4 - at / 10]));
  const { races } = await tuneSimulated({ costs: { 2: many, 3: many } });
  expect(Math.max(...races.map((racers) => racers.length))).toBeLessThanOrEqual(6);
});

test("a form that ends a race for all is found out, and the best of the others taken", async () => {
  const { lowering, trace } = await tuneSimulated({ crashing: (recipe) => recipe.includes("c") });
  expect(lowering).toBe("2:b/3:b/4:d");
  const faults = trace.flatMap(({ standings }) => standings.filter(({ ok }) => !ok));
  expect(faults).toContainEqual({ lowering: "c", ok: false, reason: "its process was killed" });
});

test("a form that gives other logits is left out, and the trace says why", async () => {
  const { lowering, trace } = await tuneSimulated({ wrong: (recipe) => recipe.includes("c") });
  expect(lowering).toBe("2:b/3:b/4:d");
  const faults = trace.flatMap(({ standings }) => standings.filter(({ ok }) => !ok));
  expect(faults).toContainEqual({ lowering: "c", ok: false, reason: "its logits differ" });
});

test("the last races say what the naive form and the tuned one cost over the plain network", async () => {
  const { finale } = await tuneSimulated();
  // By hand, the plain network takes 40 ms, the naive form 52 and the tuned one 44.
  expect(finale.naive.ratio).toBeCloseTo(52 / 40, 2);
  expect(finale.tuned.ratio).toBeCloseTo(44 / 40, 2);
  expect(finale.gain.ratio).toBeCloseTo(44 / 52, 2);
  expect(finale.plainMs).toBeCloseTo(40, 0);
});

test("what is faster beyond noise is taken where there is no time to race it again", async () => {
  // There is time for one race of four and the last ones: 4 x (400 + 5 x 50), and 2 x 3 x (400 + 10
  // x 50) ms.
  const { lowering, trace } = await tuneSimulated({}, 8500);
  expect(trace.map(({ where }) => where)).toEqual(["opening", "opening", "final"]);
  expect(lowering).toBe("b");
});

test("each step is told when it is taken", async () => {
  const { steps, trace } = await tuneSimulated();
  expect(steps).toEqual(trace);
  expect(steps.at(-1)).toMatchObject({ where: "final", chosen: [optimum] });
});

test("a naive form that cannot be raced is told with the reason", async () => {
  await expect(tuneSimulated({ crashing: () => true })).rejects.toThrow("its process was killed");
});
