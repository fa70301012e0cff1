import { expect, test } from "vitest";
import { sampleCase } from "../testing/sample-run.ts";
import { certaintyFacts, disturbanceText, noiseFloorText } from "./certainty.ts";

const watched = sampleCase("onnxruntime-node/cpu|node|se-resnet50|224|b1");
const unwatched = sampleCase("onnxruntime-node/cpu|node|se-resnet18");

test("a calibrated case says what cannot be told apart", () => {
  expect(noiseFloorText(watched)).toBe("differences under 0.83 % cannot be told apart here");
  expect(noiseFloorText(unwatched)).toBeNull();
});

test("few disturbed rounds stand with the case, and many are told at once", () => {
  expect(disturbanceText(watched)).toBeNull();
  const conditions = { ...watched.conditions!, disturbedRounds: 9 };
  expect(disturbanceText({ ...watched, conditions })).toBe("9 of 60 rounds were disturbed");
});

test("many rounds that were held up are told with the overhead by processor time", () => {
  const heldUp = [[1, 2, 3, 7], [7], [7], [7], []];
  const overhead = { ...watched.overhead, ratio: 1.1088, interval: [1.1061, 1.1117] as const };
  const processor = { ...watched.processor!, heldUp, overhead };
  expect(disturbanceText({ ...watched, processor })).toBe(
    "7 of 60 rounds took longer than their processor time explains; by processor time SE costs +10.9 % [10.6, 11.2]",
  );
  expect(new Map(certaintyFacts({ ...watched, processor })).get("Processor time")).toBe(
    "plain 84.0 ms and SE 93.2 ms a run, 1.99 cores; 7 of 60 rounds took longer than it explains; SE costs +10.9 % [10.6, 11.2] by it",
  );
  const threaded = { ...processor, overhead: null };
  expect(disturbanceText({ ...watched, processor: threaded })).toBe(
    "7 of 60 rounds took longer than their processor time explains",
  );
});

test("a clock of processor time that counts in ticks is told", () => {
  const processor = { ...watched.processor!, stepMs: 10, heldUp: null };
  const facts = new Map(certaintyFacts({ ...watched, processor }));
  expect(facts.get("Processor time")).toBe(
    "plain 84.0 ms and SE 93.2 ms a run, 1.99 cores; counted in steps of 10.0 ms",
  );
});

test("the facts name what the system told, and no more", () => {
  expect(certaintyFacts(watched)).toEqual([
    [
      "Calibration",
      "two runs differ by less than 0.83 % in 95 of 100, from 100 trials up to 2026-02-27 18:40 UTC",
    ],
    [
      "Machine meanwhile",
      "5 of 60 rounds disturbed; other programs took 0.02 cores, at most 0.62; load 0.92 to 1.92; clock 2096 MHz",
    ],
    [
      "Tesla T4 meanwhile",
      "clock 1590 MHz; temperature 61 °C; power 69.5 W; held down for heat or power after 5 of 5 replicas",
    ],
    [
      "Processor time",
      "plain 84.0 ms and SE 93.2 ms a run, 1.99 cores; 4 of 60 rounds took longer than it explains",
    ],
  ]);
  expect(certaintyFacts(unwatched)[1]).toEqual(["Machine meanwhile", "not told by this host"]);
});

test("the time of a case says how much of it was timed", () => {
  const time = { wallMs: 24_000, replicasMs: 20_000, timedMs: 16_000 };
  const told = (record: typeof watched) => certaintyFacts({ ...record, time })[1];
  expect(told(watched)).toEqual(["Time", "of 24.0 s, 16.0 s were timed"]);
  const form = { lowering: "gemm", ratio: 1, interval: null, replicas: [1] };
  expect(told({ ...watched, besideForms: [form] })).toEqual([
    "Time",
    "of 24.0 s, 16.0 s were timed, all forms together",
  ]);
});
