import type { Replica, RoundConditions } from "@sebench/measure";
import { expect, test } from "vitest";
import { recordConditions, recordProcessor } from "./case-record.ts";

const round: RoundConditions = {
  foreignCores: 0.123,
  load: 1.5,
  clockMHz: 3100,
  temperatureC: null,
  powerW: null,
  disturbed: false,
  processorMs: null,
};
const member = {
  prepareMs: 1,
  firstRunMs: 1,
  warmUpRuns: 1,
  steady: true,
  samplesMs: [[1]],
  processorMs: null,
};
const replicaOf = (rounds: readonly RoundConditions[] | null): Replica => ({
  preparedFirst: "plain",
  members: { plain: member, se: member },
  conditions: rounds && { rounds, gpus: [] },
});

test("each quantity is a list over the rounds, and disturbed rounds are named", () => {
  expect(recordConditions([replicaOf([round, { ...round, disturbed: true }])])).toEqual({
    replicas: [
      {
        foreignCores: [0.12, 0.12],
        load: [1.5, 1.5],
        clockMHz: [3100, 3100],
        temperatureC: null,
        powerW: null,
        disturbed: [1],
        gpus: [],
      },
    ],
    disturbedRounds: 1,
  });
});

test("a host that cannot look records nothing", () => {
  expect(recordConditions([replicaOf(null)])).toBeNull();
});

test("only one thread has an overhead by processor time, and a GPU holds no round up", () => {
  const timed = (ms: number) => ({
    ...member,
    samplesMs: [[ms], [ms]],
    processorMs: [ms, ms + 1e-3],
  });
  const replica: Replica = {
    ...replicaOf(null),
    members: { plain: timed(10), se: timed(11) },
  };
  const recordOf = (threads: number | null) => recordProcessor([replica, replica], { threads })!;
  expect(recordOf(1).overhead!.ratio).toBeCloseTo(1.1, 3);
  expect(recordOf(1).heldUp).toEqual([[], []]);
  expect(recordOf(2)).toMatchObject({ overhead: null, heldUp: [[], []] });
  expect(recordOf(null)).toMatchObject({ overhead: null, heldUp: null });
});

test("a host that tells no processor time records none", () => {
  expect(recordProcessor([replicaOf(null)], { threads: 1 })).toBeNull();
});
