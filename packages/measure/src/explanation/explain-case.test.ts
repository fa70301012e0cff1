import type { Profile } from "@sebench/runtime";
import { expect, test } from "vitest";
import type { Member } from "../measurement/measurement.ts";
import { virtualEngine, type VirtualTimes } from "../testing/virtual-engine.ts";
import { explainCase } from "./explain-case.ts";

const images = { shape: [2, 1, 1, 1], data: Float32Array.of(0, 1) };
const pair = {
  plain: { member: "plain", byteLength: 1 },
  se: { member: "se", byteLength: 1 },
} as const;
const options = {
  batch: 1,
  precision: "fp32",
  seed: 1,
  budgetMs: 1000,
  minReplicas: 2,
  maxReplicas: 2,
} as const;

/** A profile of one kernel, which is the whole run. */
const wholeRun = (_: Member, runMs: readonly number[]): Profile => ({
  ok: true,
  clock: "host",
  runMs,
  kernels: [{ node: "stem/conv", op: "Conv", inputs: 3, ms: runMs }],
});

function explain(times: Partial<VirtualTimes>) {
  const { engine, steps, now } = virtualEngine({
    prepareMs: { plain: 5, se: 5 },
    // After one session for trial, a replica's sessions are made in turn: two without a
    // profile, then two with one.
    runMs: (member, _, session) => (member === "se" ? 12 : 10) + ((session - 1) % 4 >= 2 ? 3 : 0),
    profile: wholeRun,
    ...times,
  });
  return { steps, measured: explainCase(engine, pair, images, options, { now }) };
}

test("members are measured with a profile and without one", async () => {
  const { replicas } = await explain({}).measured;
  expect(replicas).toHaveLength(2);
  for (const { members, profiles } of replicas) {
    expect(new Set(members.plain.samplesMs.flat())).toEqual(new Set([10]));
    expect(new Set(members.se.samplesMs.flat())).toEqual(new Set([12]));
    expect(profiles.plain).toMatchObject({ runMs: 13, kernels: [{ ms: 13 }] });
    expect(profiles.se).toMatchObject({ runMs: 15, kernels: [{ ms: 15 }] });
  }
});

test("runs before the first round that counts are in no mean", async () => {
  // The first runs of a session take a second.
  const slowStart: VirtualTimes["runMs"] = (member, run) =>
    run < 3 ? 1000 : member === "se" ? 12 : 10;
  const [first] = (await explain({ runMs: slowStart }).measured).replicas;
  expect(first!.profiles.plain.runMs).toBe(10);
  expect(first!.members.plain.samplesMs.flat()).not.toContain(1000);
});

test("a round visits all four sessions, in orders that differ", async () => {
  const { steps, measured } = explain({});
  await measured;
  const runs = steps.filter((step) => step.startsWith("run")).map((step) => step.split(" ")[2]);
  const ofFirst = runs.slice(0, runs.indexOf("5"));
  // The rounds come last: four visits of one run, which fills 10 ms.
  const rounds = [5, 4, 3, 2, 1].map((back) => {
    const end = ofFirst.length - 4 * (back - 1);
    return [4, 3, 2, 1].map((from) => ofFirst[end - from]!);
  });
  for (const round of rounds) expect(round.toSorted()).toEqual(["1", "2", "3", "4"]);
  expect(new Set(rounds.map(String)).size).toBeGreaterThan(1);
});

test("an engine that tells nothing of its kernels is not measured, and why is said", async () => {
  const lack = { ok: false, reason: "it has no timer", remedy: "take another" } as const;
  const { steps, measured } = explain({ profile: () => lack });
  await expect(measured).rejects.toMatchObject({
    name: "InputError",
    message: "it has no timer",
    remedy: "take another",
  });
  expect(steps).toEqual(["prepare se 0", "stage se 0", "run se 0", "dispose se 0"]);
});
