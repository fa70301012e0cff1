import type { JobHost } from "@sebench/hosts";
import type { Job, OracleAnswer, StartJob, StartMeasurement } from "@sebench/jobs";
import { expect, test } from "vitest";
import { byProfile, type CasePlan, planCases } from "../plan/case-plan.ts";
import { pairKey } from "../plan/pair-key.ts";
import { profiles } from "../plan/profile.ts";
import { pairOf } from "./case-job.ts";
import { memberStart, startedPairs, Starts, type StartsAsked, startsOf } from "./starts.ts";

const watch = { signal: new AbortController().signal, timeoutMs: 60_000, onProgress: () => {} };
const runtime = "onnxruntime-node/cpu";
const device = { name: "a processor", details: {} };
const availability = { ok: true, version: "1", device, software: false } as const;
const [plan] = planCases([{ runtime, host: "node", availability }], profiles.smoke, byProfile);

function measurement(changes: Partial<StartMeasurement> = {}): StartMeasurement {
  const reading = { residentBytes: 100, proportionalBytes: 60 };
  const peak = { residentBytes: 150, proportionalBytes: null };
  return {
    stepsMs: { host: 1, engine: 2, model: 3, session: 4, answer: 5 },
    runsMs: [7, 9, 8],
    memory: {
      before: reading,
      engine: reading,
      session: reading,
      peak,
      steady: reading,
      disposed: reading,
    },
    first: Float32Array.of(0, 1),
    last: Float32Array.of(0, 1),
    bytes: null,
    ...changes,
  };
}

/** A host that gives each start what `answer` makes of it, and keeps what it was asked. */
function hostOf(answer: () => StartMeasurement) {
  const started: string[] = [];
  const host: Pick<JobHost, "run"> = {
    async run(job: Job) {
      started.push(/(plain|se)-model/.exec((job as StartJob).request.files.model)![1]!);
      return answer() as never;
    },
  };
  return { host: host as JobHost, started };
}

const logits: OracleAnswer = {
  logits: Float64Array.of(0, 1),
  classes: 2,
  weightsHash: "0",
  parameters: 1,
  macs: 1,
};
const askedOf = (host: JobHost, count: number): StartsAsked => ({
  plan: plan!,
  pair: pairOf(plan!, { kind: "seeded", seed: 1 }),
  ranges: {},
  engine: { threads: 1 },
  host,
  oracle: { plain: logits, se: logits },
  tolerance: 1e-4,
  starts: { count, reason: "none were asked for" },
});

test("the members are started in turns, once for all forms of a pair", async () => {
  const { host, started } = hostOf(measurement);
  const starts = new Starts();
  const asked = askedOf(host, 3);
  const record = await starts.of(asked, watch);
  expect(started).toEqual(["plain", "se", "se", "plain", "plain", "se"]);
  expect(record).toMatchObject({ ok: true, lowering: plan!.lowering });
  const rewritten = { ...asked, plan: { ...plan!, lowering: "squeeze-fold" } };
  expect(await starts.of(rewritten, watch)).toBe(record);
  expect(started).toHaveLength(6);
});

test.each([
  ["first", { first: Float32Array.of(1, 0) }],
  ["last", { last: Float32Array.of(0, 1.01) }],
])("a start whose %s answer is not the oracle's is no start", async (which, changes) => {
  const { host } = hostOf(() => measurement(changes));
  expect(await new Starts().of(askedOf(host, 1), watch)).toEqual({
    ok: false,
    reason: `the ${which} answer of plain after a fresh start is wrong`,
    remedy: null,
  });
});

test("where none are made, the record says which flag makes them", async () => {
  const { host, started } = hostOf(measurement);
  const record = await new Starts().of(askedOf(host, 0), watch);
  expect(record).toEqual({
    ok: false,
    reason: "none were asked for",
    remedy: "ask for them with --starts 3",
  });
  expect(started).toEqual([]);
});

test.each([
  [null, "quick", "native", true, 3],
  [null, "quick", "native", false, 0],
  [null, "quick", "javascript", true, 0],
  [null, "full", "native", true, 5],
  [null, "quick", "software-gpu", true, 0],
  [null, "smoke", "native", true, 0],
  [2, "quick", "software-gpu", false, 2],
  [0, "full", "native", true, 0],
] as const)(
  "with --starts %s, %s starts a pair on a %s runtime (chosen: %s) %i times",
  (asked, profile, speed, isStarted, times) => {
    expect(startsOf(asked, profile, { speed, isStarted }).count).toBe(times);
  },
);

test("the first answer comes after all steps, and the steady median is of the later runs", () => {
  const later = measurement({
    stepsMs: { host: 10, engine: 20, model: 30, session: 40, answer: 50 },
    runsMs: [1],
  });
  const middle = measurement({ runsMs: [5, 5] });
  expect(memberStart([measurement(), later, middle])).toMatchObject({
    stepsMs: { session: { median: 4, starts: [4, 40, 4] } },
    firstAnswerMs: { median: 15, starts: [15, 150, 15] },
    steadyMs: { median: 5, starts: [8, 1, 5] },
    runs: [3, 1, 2],
    residentBytes: { peak: { median: 150 } },
    proportionalBytes: { steady: { median: 60 } },
  });
});

test("memory that one start cannot tell is not recorded for the member", () => {
  const { memory } = measurement();
  const hidden = { residentBytes: 100, proportionalBytes: null };
  const sandboxed = measurement({ memory: { ...memory, steady: hidden } });
  expect(memberStart([measurement(), sandboxed])).toMatchObject({
    residentBytes: { steady: { median: 100 } },
    proportionalBytes: null,
  });
  const elsewhere = measurement({ memory: { ...memory, before: null } });
  expect(memberStart([measurement(), elsewhere]).residentBytes).toBeNull();
});

test("quick starts the same pair on each runtime that measures it, and else the first one", () => {
  const on = (where: CasePlan["runtime"], network: string) =>
    ({ ...plan!, runtime: where, network }) as CasePlan;
  const cases = [
    on("onnxruntime-node/cpu", "se-resnet50"),
    on("onnxruntime-node/cpu", "mobilenet-v3-large"),
    on("onnxruntime-node/cpu", "se-resnet8"),
    on("tfjs-node/cpu", "se-resnet8"),
    on("tfjs-node/cpu", "se-resnet20"),
  ];
  expect(startedPairs(cases, "quick")).toEqual(new Set([pairKey(cases[1]!), pairKey(cases[3]!)]));
  expect(startedPairs(cases, "full").size).toBe(5);
});
