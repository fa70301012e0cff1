import { expect, test } from "vitest";
import { processorTime } from "./processor-time.ts";

interface Round {
  readonly wallMs: readonly number[];
  readonly processorMs: number;
}

const member = (rounds: readonly Round[]) => ({
  samplesMs: rounds.map(({ wallMs }) => wallMs),
  processorMs: rounds.map(({ processorMs }) => processorMs),
});

/** A member of two threads, whose processor time is twice its wall time, a little more each round. */
const threaded = (ms: number, rounds = 12): Round[] =>
  Array.from({ length: rounds }, (_, round) => {
    const wallMs = ms * (1 + round / 1000);
    return { wallMs: [wallMs, wallMs], processorMs: 2 * wallMs };
  });

const replicaOf = (plain: readonly Round[], se: readonly Round[]) => ({
  members: { plain: member(plain), se: member(se) },
});

test("rounds whose wall time is what their processor time explains were not held up", () => {
  const found = processorTime([replicaOf(threaded(40), threaded(44))])!;
  expect(found.heldUp).toEqual([[]]);
  expect(found.usual.plain).toBeCloseTo(0.5, 9);
  expect(found.overhead!.ratio).toBeCloseTo(1.1, 9);
});

test("a round in which another program took the processor is named, and stays in the samples", () => {
  const se = threaded(44);
  const taken = se.with(7, { ...se[7]!, wallMs: [44, 63] });
  const found = processorTime([replicaOf(threaded(40), se), replicaOf(threaded(40), taken)])!;
  expect(found.heldUp).toEqual([[], [7]]);
  expect(found.ofRunMs.se[1]).toHaveLength(12);
  expect(found.overhead!.ratio).toBeCloseTo(1.1, 9);
});

test("a round that computed more, as at a lower clock, was not held up", () => {
  const plain = threaded(40);
  const slower = plain.with(3, { wallMs: [80, 80], processorMs: 160 });
  expect(processorTime([replicaOf(slower, threaded(44))])!.heldUp).toEqual([[]]);
});

test("a clock that counts in ticks tells its step, and gives no overhead and no false alarm", () => {
  const inTicks = (rounds: readonly Round[]) =>
    rounds.map((round, at) => ({ ...round, processorMs: 40 + 10 * (at % 2) }));
  const found = processorTime([replicaOf(inTicks(threaded(42)), inTicks(threaded(46)))])!;
  expect(found.stepMs).toBe(10);
  expect(found.overhead).toBeNull();
  expect(found.heldUp).toEqual([[]]);
});

test("several replicas give the overhead by processor time an interval", () => {
  const replicas = [1.09, 1.1, 1.1, 1.11].map((ratio) =>
    replicaOf(threaded(40), threaded(40 * ratio)),
  );
  const { ratio, interval } = processorTime(replicas)!.overhead!;
  expect(ratio).toBeCloseTo(1.1, 3);
  expect(interval![0]).toBeLessThan(1.1);
  expect(interval![1]).toBeGreaterThan(1.1);
});

test("a host that tells no processor time, or none at all, says nothing", () => {
  const silent = { samplesMs: [[40]], processorMs: null };
  expect(processorTime([{ members: { plain: silent, se: silent } }])).toBeNull();
  const idle = Array.from({ length: 12 }, () => ({ wallMs: [40], processorMs: 0 }));
  expect(processorTime([replicaOf(idle, idle)])).toBeNull();
});
