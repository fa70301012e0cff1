import type { Replica, RoundConditions } from "@sebench/measure";
import { expect, test } from "vitest";
import { recordConditions } from "./case-record.ts";

const round: RoundConditions = {
  foreignCores: 0.123,
  load: 1.5,
  clockMHz: 3100,
  temperatureC: null,
  powerW: null,
  disturbed: false,
};
const member = {
  prepareMs: 1,
  firstRunMs: 1,
  warmUpRuns: 1,
  steady: true,
  samplesMs: [[1]],
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
