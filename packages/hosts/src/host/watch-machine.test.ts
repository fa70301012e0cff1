import type { MachineState } from "@sebench/hardware";
import { expect, test } from "vitest";
import { roundConditions } from "./watch-machine.ts";

const quiet: MachineState = {
  atMs: 1000,
  busyMs: 50_000,
  stolenMs: 0,
  load: 1.5,
  clockMHz: 3100,
  temperatureC: 61,
  throttles: 4,
  quotaWaitMs: 0,
  energyJ: 900,
};

/** A round of 400 ms in which this process took 380 ms, with the given changes of the machine. */
const roundWith = (changes: Partial<MachineState>) =>
  roundConditions(
    { state: quiet, ownMs: 10_000 },
    { state: { ...quiet, atMs: 1400, busyMs: 50_390, ...changes }, ownMs: 10_380 },
  );

test("processor time beyond this process's own is that of others", () => {
  expect(roundWith({}).foreignCores).toBeCloseTo(10 / 400, 9);
  expect(roundWith({ busyMs: 50_580 }).foreignCores).toBeCloseTo(0.5, 9);
});

test("power is the energy over the round's time", () => {
  expect(roundWith({ energyJ: 918 }).powerW).toBeCloseTo(45, 9);
});

test("a round that nothing held up is not disturbed", () => {
  expect(roundWith({}).disturbed).toBe(false);
});

test.each<[string, Partial<MachineState>]>([
  ["other programs on half a core", { busyMs: 50_580 }],
  ["a hypervisor that gives time to others", { stolenMs: 200 }],
  ["heat", { throttles: 5 }],
  ["a quota", { quotaWaitMs: 12 }],
])("%s disturb a round", (_, changes) => {
  expect(roundWith(changes).disturbed).toBe(true);
});

test("two ticks of difference, as far as counts may be off, are no disturbance in a short round", () => {
  const short = roundConditions(
    { state: quiet, ownMs: 0 },
    { state: { ...quiet, atMs: 1030, busyMs: 50_050 }, ownMs: 30 },
  );
  expect(short.disturbed).toBe(false);
});

test("what the system does not tell is null, and disturbs nothing", () => {
  const silent = { ...quiet, busyMs: null, stolenMs: null, load: null, energyJ: null };
  const conditions = roundConditions(
    { state: silent, ownMs: 0 },
    { state: { ...silent, atMs: 1400 }, ownMs: 10 },
  );
  expect(conditions).toMatchObject({ foreignCores: null, load: null, powerW: null });
  expect(conditions.disturbed).toBe(false);
});
