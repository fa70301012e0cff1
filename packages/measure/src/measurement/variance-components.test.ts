import { describe, expect, test } from "vitest";
import {
  expectedFloor,
  reachOfTest,
  spreadOfDifference,
  varianceComponents,
} from "./variance-components.ts";

describe("variance components", () => {
  // By hand, the rounds of a replica have variance 2. The means of the replicas are 2, 6 and
  // 12, 16, so within runs 8 = replica + 2 / 2; those of the runs are 4 and 14, so 50 =
  // run + 8 / 2.
  test("of a balanced design are those of the analysis of variance", () => {
    const runs = [
      [
        [1, 3],
        [5, 7],
      ],
      [
        [11, 13],
        [15, 17],
      ],
    ];
    expect(varianceComponents(runs)).toEqual({ run: 46, replica: 7, round: 2 });
  });

  // By hand: rounds have variance 50; all replicas have mean 5.
  test("are 0 where what is around them explains more than all", () => {
    const replica = [0, 10];
    const run = [replica, replica];
    expect(varianceComponents([run, run])).toEqual({ run: 0, replica: 0, round: 50 });
  });

  // By hand: replicas of a run have variance 2, and the runs' means 2 and 7 have 12.5.
  test("of replicas with one round have none of the rounds", () => {
    const runs = [
      [[1], [3]],
      [[6], [8]],
    ];
    expect(varianceComponents(runs)).toEqual({ run: 11.5, replica: 2, round: 0 });
  });

  // By hand, the variance within runs, one of two and one of three replicas, is
  // (2 * 1 + 2 * 2) / (1 + 2) = 2. The means are 1 and 4, so 4.5 = run + 2 * (1 / 2 + 1 / 3) / 2.
  test("weigh runs of different numbers of replicas by their degrees of freedom", () => {
    const runs = [
      [[0], [2]],
      [[4 - Math.SQRT2], [4], [4 + Math.SQRT2]],
    ];
    const { run, replica } = varianceComponents(runs);
    expect(replica).toBeCloseTo(2, 12);
    expect(run).toBeCloseTo(4.5 - 5 / 6, 12);
  });
});

const components = { run: 3, replica: 8, round: 40 };

// By hand, the variance is 2 * (3 + (8 + 40 / 10) / 6) = 10.
test("two runs differ by the variances of both, shared among replicas and rounds", () => {
  expect(spreadOfDifference(components, { replicas: 6, rounds: 10 })).toBeCloseTo(
    Math.sqrt(10),
    12,
  );
});

// By hand, the variance is 2 * (1e-6 + 1.5e-5 / 5) = 8e-6, and the floor
// exp(1.96 * sqrt(8e-6)) - 1 = 0.00556.
test("95 % of the differences between two runs stay under 1.96 of their standard deviations", () => {
  const small = { run: 1e-6, replica: 1e-5, round: 5e-5 };
  expect(expectedFloor(small, { replicas: 5, rounds: 10 })).toBeCloseTo(0.005_56, 5);
});

// The published t at 10 degrees of freedom is 3.169 for 99 % and 1.812 for 90 %.
test("a test reaches as far as its own t and that of 95 % power", () => {
  const reach = reachOfTest(components, { replicas: 6, rounds: 10 }, 0.01);
  expect(reach / Math.sqrt(10)).toBeCloseTo(3.169 + 1.812, 2);
});
