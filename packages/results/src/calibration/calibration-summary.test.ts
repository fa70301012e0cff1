import { effectToBeFound, overheadOfRounds } from "@sebench/measure";
import { describe, expect, test } from "vitest";
import { familyError } from "../comparison/verdict.ts";
import { sampleSubject, sampleTrial, simulateTrials } from "../testing/sample-trials.ts";
import type { CalibrationTrial } from "./calibration-record.ts";
import {
  type CalibrationSummary,
  falseAlarmsOfSuites,
  summarizeCalibration,
} from "./calibration-summary.ts";

function summaryOf(trials: readonly CalibrationTrial[]): CalibrationSummary {
  return summarizeCalibration(sampleSubject(trials))!;
}

/** The fewest trials that are needed, all the same. */
function repeated(trial: CalibrationTrial, count = 10): CalibrationTrial[] {
  return Array.from({ length: count }, () => trial);
}

const ten = repeated(sampleTrial(0));

test("fewer than ten trials without a slowdown say nothing", () => {
  const slowed = repeated(sampleTrial(0.1, 0.01, { slowdown: 0.1 }));
  expect(summarizeCalibration(sampleSubject([...ten.slice(1), ...slowed]))).toBeNull();
  expect(summarizeCalibration(sampleSubject([...ten, ...slowed]))).not.toBeNull();
});

// Three replicas at 0 and 1 % to either side cover 1 % beyond their middle one, and not 6 %.
test("coverage counts the trials whose interval covers no difference", () => {
  const { covered } = summaryOf(
    [0, 0.01, -0.01, 0, 0, 0, 0, 0, 0.06, -0.06].map((location) => sampleTrial(location)),
  );
  expect(covered).toMatchObject({ count: 8, of: 10 });
});

// By hand: one trial of 100 that is 0.1 off gives runs a variance of 1e-4, so that 0.1
// is 7 standard errors of a difference of two.
test("false alarms count the pairs that the gate calls a change", () => {
  const odd = sampleTrial(0.1, 0.001);
  const alike = repeated(sampleTrial(0, 0.001), 99);
  expect(summaryOf([odd, ...alike]).falseAlarms).toMatchObject({ count: 1, of: 50 });
  expect(summaryOf([...alike, odd].slice(1)).falseAlarms).toMatchObject({ count: 0, of: 49 });
});

/**
 * The trials of which every other one is 0.004 above and below, so that the runs' own
 * variance is 0.
 */
const alternating = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) =>
  sampleTrial(at % 2 ? 0.004 : -0.004),
);

// By hand: of 45 pairs of trials 25 differ by 0.008 and 20 by nothing.
test("the noise floor is what 95 % of the differences between trials stay under", () => {
  expect(summaryOf(alternating).noiseFloor).toBeCloseTo(Math.exp(0.008) - 1, 12);
});

describe("where the variance of each part is known", () => {
  const { components, latencyComponents, shares, size } = summaryOf(
    simulateTrials({
      trials: 200,
      replicas: 5,
      rounds: 20,
      betweenRuns: 0.004,
      betweenReplicas: 0.003,
      betweenRounds: 0.01,
    }),
  );

  // The estimates' own standard deviations are 12, 8 and 2 % of the parts.
  test("it is recovered", () => {
    expect(components.run / 1.6e-5).toBeGreaterThan(0.75);
    expect(components.run / 1.6e-5).toBeLessThan(1.25);
    expect(components.replica / 9e-6).toBeGreaterThan(0.75);
    expect(components.replica / 9e-6).toBeLessThan(1.25);
    // The mean of normal values without 20 % at each end has 1.14 times the variance of their mean.
    expect(components.round / 1.14e-4).toBeGreaterThan(0.93);
    expect(components.round / 1.14e-4).toBeLessThan(1.07);
  });

  test("it is recovered of the latency, whose rounds are not told apart", () => {
    expect(latencyComponents.run / 1.6e-5).toBeGreaterThan(0.75);
    expect(latencyComponents.run / 1.6e-5).toBeLessThan(1.25);
    expect(latencyComponents.replica / 9e-6).toBeGreaterThan(0.85);
    expect(latencyComponents.replica / 9e-6).toBeLessThan(1.15);
    expect(latencyComponents.round).toBe(0);
  });

  // The parts are 1.6e-5, 9e-6 and 1.14e-4 / 20.
  test("the shares are those of a replica's variance", () => {
    expect(shares.run).toBeCloseTo(16 / 30.7, 1);
    expect(shares.replica).toBeCloseTo(9 / 30.7, 1);
    expect(shares.run + shares.replica + shares.round).toBeCloseTo(1, 12);
    expect(size).toEqual({ replicas: 5, rounds: 20 });
  });
});

/** What the gate finds of two trials at 0: the share by which the head's ratios must be larger. */
const alone = overheadOfRounds(sampleTrial(0).logRatios);
const found = effectToBeFound(alone, alone, familyError)!;

// By hand, with t as published: ten replicas, for which 30 s suffice, reach
// (2.878 + 1.734) / sqrt(10) where three reach (4.604 + 2.132) / sqrt(3): 0.3750 of it.
test("the smallest effect is what the test finds, and smaller where more is measured", () => {
  const { smallestEffects } = summaryOf(ten);
  expect(smallestEffects.map(({ seconds }) => seconds)).toEqual([9, 10, 30, 60, 300]);
  expect(smallestEffects[0]!.effect).toBeCloseTo(found, 6);
  expect(smallestEffects[2]!.effect).toBeCloseTo(found * 0.375, 4);
});

// In 25 of 90 pairs the head is 0.008 lower, and needs that as well.
test("the smallest effect is found in 95 % of the pairs of trials", () => {
  const [own] = summaryOf(alternating).smallestEffects;
  expect(own!.effect).toBeCloseTo((1 + found) * Math.exp(0.008) - 1, 4);
});

test("for the time of the trials the smallest effect is as they show it, few as they may be", () => {
  const subject = sampleSubject(ten, { seconds: 60 });
  const [own] = summarizeCalibration(subject)!.smallestEffects;
  expect(own!.seconds).toBe(60);
  expect(own!.effect).toBeCloseTo(found, 6);
});

describe("slowdowns", () => {
  const trialOf = (slowdown: number, off = 0) =>
    sampleTrial(Math.log(1 + slowdown) + off, 0.01, { slowdown });
  const slowed = [trialOf(0.1, -0.001), trialOf(0.1), trialOf(0.1, 0.001), trialOf(0.01)];
  const { slowdowns } = summaryOf([...slowed, ...ten]);

  test("are summarized from the smallest", () => {
    expect(slowdowns.map(({ slowdown }) => slowdown)).toEqual([0.01, 0.1]);
  });

  // By hand: three values that differ by 0.001 have a half-width of 4.303 * 0.001 / sqrt(3).
  test("are measured by all of their trials, with an interval where there are several", () => {
    expect(slowdowns[1]!.measured).toBeCloseTo(0.1, 9);
    expect(slowdowns[1]!.interval![0]).toBeCloseTo(1.1 * Math.exp(-0.002_484) - 1, 6);
    expect(slowdowns[1]!.interval![1]).toBeCloseTo(1.1 * Math.exp(0.002_484) - 1, 6);
    expect(slowdowns[0]!.interval).toBeNull();
  });

  // By hand: for 10 % more, t is 0.0953 / 0.008165 = 11.7 at 4 degrees of freedom, where
  // a p value of 1 % needs 4.604; for 1 % more it is 1.2.
  test("are found where they are beyond doubt", () => {
    expect(slowdowns[1]!.found).toMatchObject({ count: 3, of: 3 });
    expect(slowdowns[0]!.found).toMatchObject({ count: 0, of: 1 });
  });

  test("are covered by the trials whose interval holds the truth", () => {
    const trials = [trialOf(0.1), trialOf(0.1, 0.01), trialOf(0.1, 0.06)];
    expect(summaryOf([...trials, ...ten]).slowdowns[0]!.covered).toMatchObject({ count: 2, of: 3 });
  });
});

describe("false alarms of suites", () => {
  const odd = [sampleTrial(0.1, 0.001), ...repeated(sampleTrial(0, 0.001), 99)];

  test("are none where no trial differs", () => {
    expect(falseAlarmsOfSuites([sampleSubject(ten)])).toMatchObject({ count: 0, of: 10_000 });
  });

  // By hand: two different trials of 100 have the odd one in 2 % of the draws; one
  // suite of two subjects has one in 1 - 0.98^2 = 3.96 %. Their standard deviations are
  // 0.14 and 0.20 %.
  test.each([
    { subjects: 1, share: 0.02 },
    { subjects: 2, share: 0.0396 },
  ])("are $share where one trial of 100 does, of $subjects", ({ subjects, share }) => {
    const suite = Array.from({ length: subjects }, () => sampleSubject(odd));
    const { count, of } = falseAlarmsOfSuites(suite)!;
    expect(Math.abs(count / of - share)).toBeLessThan(0.007);
  });

  test("are not told where a subject has too few trials, or there is none", () => {
    const suite = [sampleSubject(ten), sampleSubject(ten.slice(1))];
    expect(falseAlarmsOfSuites(suite)).toBeNull();
    expect(falseAlarmsOfSuites([])).toBeNull();
  });
});
