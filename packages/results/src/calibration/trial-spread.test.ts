import { expect, test } from "vitest";
import { okCase, sampleHeader } from "../testing/sample-run.ts";
import { sampleSubject, sampleTrial } from "../testing/sample-trials.ts";
import type { CalibrationRecord, CalibrationSubject } from "./calibration-record.ts";
import { calibrationOf } from "./trial-spread.ts";

const { machine } = sampleHeader;
const calibrated = (...subjects: readonly CalibrationSubject[]): CalibrationRecord => ({
  schema: "sebench-calibration/1",
  machine,
  subjects,
});

/** Ten trials of three replicas, every other trial `off` above and below. */
const trials = (off: number) =>
  Array.from({ length: 10 }, (_, at) => sampleTrial(at % 2 ? off : -off));

/** A case with as many replicas of one round as are given. */
function caseOf(replicas: number, threads: number | null = null) {
  const ratios = Array.from({ length: replicas }, () => 1.05);
  const { id, overhead } = okCase();
  return { id, threads, overhead: { ...overhead, replicas: ratios, rounds: replicas } };
}

// By hand: replicas have a variance of 1e-4; the trials' means vary less than a third
// of that, so nothing is left for the runs. Two trials differ by 0.008 at most.
test("a case has the variances of its subject, and what two runs differ by", () => {
  const later = sampleTrial(0, 0.01, { slowdown: 0.1, started: "2026-03-02T00:00:00.000Z" });
  const found = calibrationOf(caseOf(3), calibrated(sampleSubject([...trials(0.004), later])))!;
  expect(found).toMatchObject({ measured: later.started, trials: 10 });
  expect(found.overhead.run).toBe(0);
  expect(found.overhead.replica).toBeCloseTo(1e-4, 12);
  expect(found.latency.run).toBeCloseTo(0, 12);
  expect(found.latency.replica).toBeCloseTo(0, 12);
  expect(found.noiseFloor).toBeCloseTo(Math.exp(0.008) - 1, 9);
});

test("a case with four times the replicas has half of the noise floor", () => {
  const calibration = calibrated(sampleSubject(trials(0.004)));
  const [few, many] = [caseOf(3), caseOf(12)].map((each) => calibrationOf(each, calibration)!);
  expect(many!.noiseFloor / few!.noiseFloor).toBeCloseTo(0.5, 9);
});

test("of several subjects of a case, the last counts", () => {
  const [old, recent] = [sampleSubject(trials(0)), sampleSubject(trials(0.004))];
  const updated = { ...recent, engineVersion: "1.31.0" };
  expect(calibrationOf(caseOf(3), calibrated(old, updated))!.noiseFloor).toBeGreaterThan(0.008);
  expect(calibrationOf(caseOf(3), calibrated(updated, old))!.noiseFloor).toBe(0);
});

test.each([
  ["no calibration", null],
  ["another case", calibrated(sampleSubject(trials(0), { id: okCase().id.replace("b1", "b2") }))],
  ["another number of threads", calibrated(sampleSubject(trials(0), { threads: 1 }))],
  ["too few trials", calibrated(sampleSubject(trials(0).slice(1)))],
])("%s says nothing of a case", (_what, calibration) => {
  expect(calibrationOf(caseOf(3), calibration)).toBeNull();
});
