import type { EncodedModel } from "@sebench/runtime";
import type { Tensor } from "@sebench/spec";
import { expect, test } from "vitest";
import { virtualEngine, type VirtualModel, type VirtualTimes } from "../testing/virtual-engine.ts";
import { type Entrant, type RaceOptions, runRace } from "./run-race.ts";

const images: Tensor = { shape: [2, 3, 1, 1], data: Float32Array.of(5, 0, 0, 9, 0, 0) };
const options: RaceOptions = {
  batch: 1,
  precision: "fp32",
  seed: 1,
  minRounds: 4,
  maxRounds: 50,
  budgetMs: 0,
  budgetByPreparing: 0,
  visitMs: 30,
  // A virtual session's logits hold its number.
  tolerance: 10,
  expected: null,
  attest: false,
};
const model: VirtualModel = { member: "se", byteLength: 1 };
const entrant: Entrant = { encode: async (): Promise<EncodedModel> => model, compared: true };

/** Sessions whose runs take 10, 20, 30 ms and so on, in the order in which they enter. */
function race(
  entrants: readonly Entrant[],
  changed: Partial<RaceOptions> = {},
  times: Partial<VirtualTimes> = {},
) {
  const virtual = virtualEngine({
    prepareMs: { plain: 100, se: 100 },
    runMs: (_member, _run, session) => 10 * (session + 1),
    ...times,
  });
  const { engine, now, steps } = virtual;
  return { steps, raced: runRace(engine, entrants, images, { ...options, ...changed }, now) };
}

test("each entrant has the median of its visit in each round, in the order in which they entered", async () => {
  const { entrants } = await race([entrant, entrant, entrant]).raced;
  expect(entrants).toEqual([10, 20, 30].map((ms) => ({ ok: true, mediansMs: [ms, ms, ms, ms] })));
});

test("a round visits each once, in an order that changes and that the seed decides", async () => {
  const ordersOf = async (seed: number) => {
    const { steps, raced } = race([entrant, entrant, entrant], { seed, minRounds: 8 });
    await raced;
    const runs = steps.filter((step) => step.startsWith("run ")).map((step) => step.at(-1)!);
    // These are the last of all runs: three runs a visit, three visits a round, eight rounds.
    const visits = runs.slice(-72).filter((_, at) => at % 3 === 0);
    return Array.from({ length: 8 }, (_, round) => visits.slice(3 * round, 3 * round + 3).join(""));
  };
  const orders = await ordersOf(1);
  expect(orders.map((order) => [...order].toSorted().join(""))).toEqual(Array(8).fill("012"));
  expect(new Set(orders).size).toBeGreaterThan(1);
  expect(await ordersOf(1)).toEqual(orders);
  expect(await ordersOf(2)).not.toEqual(orders);
});

test("rounds go on while there is time, up to the most that are asked for", async () => {
  const roundsOf = async (changed: Partial<RaceOptions>) => {
    const [first] = (await race([entrant, entrant], changed).raced).entrants;
    return first!.ok ? first!.mediansMs.length : 0;
  };
  // A round takes 3 x (10 + 20) ms.
  expect(await roundsOf({ budgetMs: 900 })).toBe(10);
  expect(await roundsOf({ budgetMs: 1e6 })).toBe(50);
});

test("where preparing takes long, so may the rounds", async () => {
  const { raced } = race([entrant, entrant], { budgetByPreparing: 2 });
  const [first] = (await raced).entrants;
  // Both are prepared in 100 ms each, and stage two images in 7 ms each and answer them in
  // 10 or 20 ms each: 288 ms.
  expect(first).toMatchObject({ ok: true, mediansMs: Array(Math.ceil((2 * 288) / 90)).fill(10) });
});

test("one that cannot be encoded or run says why, and the others go on", async () => {
  const broken: Entrant = { ...entrant, encode: () => Promise.reject(new Error("no such kernel")) };
  const onStep = (step: string) => {
    if (step === "run se 1") throw new Error("out of memory");
  };
  const { raced, steps } = race([entrant, broken, entrant, entrant], {}, { onStep });
  expect((await raced).entrants.map((each) => (each.ok ? "ran" : each.reason))).toEqual([
    "ran",
    "no such kernel",
    "out of memory",
    "ran",
  ]);
  expect(steps.filter((step) => step.startsWith("dispose"))).toHaveLength(3);
});

test("one that gives other logits does not start, and says by how much they differ", async () => {
  // The sessions give 0 and 1 beside the images' first values, 5 and 9, and 1 is 11 % of 9.
  const { entrants } = await race([entrant, entrant], { tolerance: 1e-4 }).raced;
  expect(entrants[1]).toEqual({
    ok: false,
    reason: "its logits differ by 0.11 of the greatest, and 0.0001 is allowed",
  });
});

test("another network is not compared", async () => {
  const plain: Entrant = { ...entrant, compared: false };
  const { entrants, expected } = await race([plain, entrant], { tolerance: 1e-4 }).raced;
  expect(entrants.map(({ ok }) => ok)).toEqual([true, true]);
  expect([...expected]).toEqual([1, 5, 1, 9]);
});

test("where the logits to expect are given, the first is held to them as well", async () => {
  const expected = Float32Array.of(2, 5, 2, 9);
  const { entrants } = await race([entrant], { tolerance: 1e-4, expected }).raced;
  expect(entrants[0]).toMatchObject({ ok: false });
});

test("where the first fails and nothing says what to expect, that is the error", async () => {
  const broken: Entrant = { ...entrant, encode: () => Promise.reject(new Error("no such kernel")) };
  await expect(race([broken, entrant]).raced).rejects.toThrow("no such kernel");
});

test("devices are proven where that is asked for", async () => {
  const attested = async (attest: boolean) => {
    const { steps, raced } = race([entrant, entrant], { attest });
    await raced;
    return steps.filter((step) => step.startsWith("attest"));
  };
  expect(await attested(true)).toEqual(["attest se 0", "attest se 1"]);
  expect(await attested(false)).toEqual([]);
});
