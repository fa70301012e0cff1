import { overheadOfReplicas } from "@sebench/measure";
import { expect, test } from "vitest";
import { sampleMeasurement } from "../testing/sample-measurement.ts";
import { faultOf } from "./judge-measurement.ts";
import type { Measurement } from "./measurement.ts";

const now = Date.parse("2026-12-01T12:00:00Z");

test("what a page measured is believed, whatever it cost", () => {
  for (const ratio of [0.9, 1, 1.05, 2]) {
    for (const rounds of [4, 33, 200]) {
      expect(faultOf(sampleMeasurement({ ratio, rounds }), now)).toBeNull();
    }
  }
});

/** A measurement with some of its fields, by the first level, joined with others. */
function changed(change: (made: Measurement) => Partial<Measurement>): Measurement {
  const made = sampleMeasurement();
  return { ...made, ...change(made) };
}

test.each<[why: string, fault: string, change: (made: Measurement) => Partial<Measurement>]>([
  [
    "a ratio that was lowered",
    "does not follow from its replicas",
    ({ overhead }) => ({ overhead: { ...overhead, ratio: overhead.ratio * 0.99 } }),
  ],
  [
    "an interval that was narrowed",
    "does not follow",
    ({ overhead }) => ({
      overhead: { ...overhead, interval: [overhead.ratio * 0.999, overhead.ratio * 1.001] },
    }),
  ],
  [
    "replicas that the samples do not give",
    "do not give its ratio",
    ({ members }) => ({
      members: {
        ...members,
        se: {
          ...members.se,
          samplesMs: members.se.samplesMs.map((of) => of.map((ms) => ms * 1.3)),
        },
      },
    }),
  ],
  [
    "samples of fewer rounds of one member",
    "other rounds than each other",
    ({ members }) => ({
      members: {
        ...members,
        se: { ...members.se, samplesMs: members.se.samplesMs.map((of) => of.slice(1)) },
      },
    }),
  ],
  [
    "samples of fewer replicas",
    "of other replicas",
    ({ members }) => ({
      members: { plain: { ...members.plain, samplesMs: [] }, se: { ...members.se, samplesMs: [] } },
    }),
  ],
  [
    "runs that took no time",
    "took no time",
    ({ members }) => ({
      members: {
        ...members,
        plain: {
          ...members.plain,
          samplesMs: members.plain.samplesMs.map((of) => of.map(() => 0)),
        },
      },
    }),
  ],
  [
    "a least time above the median",
    "least time is above",
    ({ members }) => ({ members: { ...members, se: { ...members.se, minMs: 99 } } }),
  ],
  [
    "errors of fewer replicas",
    "differ in number",
    ({ overhead }) => ({ overhead: { ...overhead, within: overhead.within.slice(1) } }),
  ],
  [
    "parity beyond the tolerance",
    "parity of se does not hold",
    ({ parity }) => ({ parity: { ...parity, se: { ...parity.se, relative: 2e-4 } } }),
  ],
  [
    "another tolerance",
    "and 0.0001 is due",
    ({ parity }) => ({ parity: { ...parity, tolerance: 1 } }),
  ],
  [
    "parity on fewer images",
    "answered 1 images",
    ({ parity }) => ({ parity: { ...parity, plain: { ...parity.plain, images: 1 } } }),
  ],
  [
    "a network without SE",
    "has no SE",
    ({ subject }) => ({ subject: { ...subject, network: "resnet18", plain: "resnet18" } }),
  ],
  [
    "another counterpart",
    "the counterpart of",
    ({ subject }) => ({ subject: { ...subject, plain: "resnet8" } }),
  ],
  [
    "a network that there is not",
    "constructor",
    ({ subject }) => ({ subject: { ...subject, network: "constructor" } }),
  ],
  [
    "another device than the runtime's",
    "was proven to run on",
    ({ proof }) => ({ proof: { ...proof, device: "webgpu" } }),
  ],
  [
    "other threads than were asked for",
    "2 threads were asked for",
    ({ subject }) => ({ subject: { ...subject, threads: 2 } }),
  ],
  [
    "threads without isolation",
    "not isolated",
    ({ host }) => ({ host: { ...host, page: { ...host.page!, isolated: false } } }),
  ],
  [
    "a clock that is too coarse",
    "steps of the clock",
    ({ host }) => ({ host: { ...host, page: { ...host.page!, clockStepMs: 5 } } }),
  ],
  [
    "a time that no device reaches",
    "faster than any device",
    ({ members }) => ({ members: { ...members, se: { ...members.se, minMs: 1e-5 } } }),
  ],
  ["a day to come", "yet to come", () => ({ day: "2027-05-01" })],
  ["a day before all measurements", "before there was", () => ({ day: "2020-01-01" })],
])("%s is not believed", (_, fault, change) => {
  expect(faultOf(changed(change), now)).toContain(fault);
});

test("an interval that says nothing is told", () => {
  const { overhead, members, ...rest } = sampleMeasurement();
  // Replicas far apart, each with the samples that give it.
  const factors = [1, 8, 0.2, 5, 0.3];
  const scaled = members.se.samplesMs.map((of, at) => of.map((ms) => ms * factors[at]!));
  const replicas = overhead.replicas.map((ratio, at) => ratio * factors[at]!);
  const again = overheadOfReplicas({ replicas, within: overhead.within });
  const made = {
    ...rest,
    members: { ...members, se: { ...members.se, samplesMs: scaled } },
    overhead: { ...overhead, replicas, ratio: again.ratio, interval: again.interval! },
  };
  expect(faultOf(made, now)).toContain("which says nothing");
});
