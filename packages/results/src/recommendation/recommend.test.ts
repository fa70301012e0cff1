import { expect, test } from "vitest";
import { caseId } from "../case/case-id.ts";
import type { CaseRecord, OkCase } from "../case/case-record.ts";
import type { ServerRow } from "../serving/serving-record.ts";
import { latencyRange, type MemberRecord } from "../case/member-record.ts";
import { sampleAccuracy } from "../testing/sample-accuracy.ts";
import { failedCase, okCase, untimedCase } from "../testing/sample-run.ts";
import { sampleServer } from "../testing/sample-serving.ts";
import { sampleStart } from "../testing/sample-start.ts";
import { casesByWork, type Criteria, recommend } from "./recommend.ts";

const criteria: Criteria = {
  scenario: "single-stream",
  member: "se",
  percentile: "p50",
  sloMs: null,
  minAccuracy: null,
  maxMemoryBytes: null,
  maxFirstAnswerMs: null,
  maxDownloadBytes: null,
};

interface Latency {
  readonly p50: number;
  /** The interval of p50. */
  readonly interval?: readonly [number, number];
  readonly startMs?: number;
  /** The latency of the member without SE. */
  readonly plainMs?: number;
}

/** A case whose replicas agree with its median. */
function caseOf(
  engine: string,
  { p50, interval = [p50, p50], startMs = 0, plainMs = 1 }: Latency,
  changes: Partial<OkCase> = {},
): OkCase {
  const sample = okCase();
  const member = (ms: number, p50Interval: readonly [number, number]): MemberRecord => ({
    ...sample.members.se,
    latencyMs: { ...sample.members.se.latencyMs, p50: ms, p50Interval },
    samplesMs: [[[ms]]],
  });
  const members = { plain: member(plainMs, [plainMs, plainMs]), se: member(p50, interval) };
  const start = sampleStart({ firstAnswerMs: startMs });
  return { ...sample, runtime: `${engine}/cpu`, members, start, ...changes };
}

function recommended(cases: readonly CaseRecord[], changes: Partial<Criteria> = {}) {
  return recommend(cases, { ...criteria, ...changes });
}

const rankOf = (cases: readonly CaseRecord[], changes: Partial<Criteria> = {}) =>
  recommended(cases, changes).candidates.map(({ record }) => record.runtime);

test("candidates are ranked by the latency of the member that is deployed", () => {
  const cases = [
    caseOf("slow", { p50: 30, plainMs: 10 }),
    caseOf("fast", { p50: 10, plainMs: 20 }),
    caseOf("middle", { p50: 20, plainMs: 30 }),
  ];
  expect(rankOf(cases)).toEqual(["fast/cpu", "middle/cpu", "slow/cpu"]);
  expect(rankOf(cases, { member: "plain" })).toEqual(["slow/cpu", "fast/cpu", "middle/cpu"]);
});

test("those whose range meets the fastest's may be the fastest too", () => {
  const { candidates } = recommended([
    caseOf("far", { p50: 12, interval: [11.1, 13] }),
    caseOf("near", { p50: 11.5, interval: [11, 12] }),
    caseOf("fastest", { p50: 10, interval: [9, 11] }),
  ]);
  expect(candidates.map(({ mayBeFastest }) => mayBeFastest)).toEqual([true, true, false]);
});

test("forms of one network that share their rounds are told apart in these, not by their ranges", () => {
  const sample = okCase();
  const formOf = (lowering: string, other: string, p50: number, ratio: number) =>
    caseOf(
      "onnxruntime-node",
      { p50, interval: [8, 12] },
      {
        id: caseId({ ...sample, lowering }),
        lowering,
        besideForms: [
          { lowering: other, ratio, interval: [ratio - 0.01, ratio + 0.01], replicas: [ratio] },
        ],
      },
    );
  const among = (...ratios: readonly [number, number]) =>
    recommended([
      formOf("gemm", "conv1x1", 10.5, ratios[0]),
      formOf("conv1x1", "gemm", 10, ratios[1]),
    ]).candidates.map(({ mayBeFastest }) => mayBeFastest);
  expect(among(1.05, 0.95)).toEqual([true, false]);
  expect(among(1.005, 0.995)).toEqual([true, true]);
});

test("those that are as fast keep the order of the run, and each may be the fastest", () => {
  const { candidates } = recommended([caseOf("b", { p50: 10 }), caseOf("a", { p50: 10 })]);
  expect(candidates.map(({ record }) => record.runtime)).toEqual(["b/cpu", "a/cpu"]);
  expect(candidates.map(({ mayBeFastest }) => mayBeFastest)).toEqual([true, true]);
});

test.each([
  { sloMs: 11, borderline: false },
  { sloMs: 10.5, borderline: true },
  { sloMs: null, borderline: false },
])("a range up to 11 ms under a target of $sloMs ms is borderline: $borderline", (target) => {
  const { candidates } = recommended([caseOf("a", { p50: 10, interval: [9, 11] })], target);
  expect(candidates.map(({ borderline }) => borderline)).toEqual([target.borderline]);
});

// By hand: the n-th answer comes after startMs + (n - 1) * latency. With 4 ms more a run,
// 200 + 199 * 14 = 2986 is before 1000 + 199 * 10 = 2990, and 200 + 200 * 14 = 3000 is
// not before 1000 + 200 * 10 = 3000. With 3 ms more, 200 + 266 * 13 = 3658 is before
// 3660, and 3671 not before 3670.
test.each([
  { p50: 14, startMs: 200, upTo: 200 },
  { p50: 13, startMs: 200, upTo: 267 },
  { p50: 14, startMs: 1000, upTo: null },
  { p50: 14, startMs: 1001, upTo: null },
])("at $p50 ms after a start of $startMs ms, it is done sooner up to $upTo", (latency) => {
  const { candidates } = recommended([
    caseOf("fastest", { p50: 10, startMs: 1000 }),
    caseOf("other", latency),
  ]);
  expect(candidates.map(({ firstAnswerMs }) => firstAnswerMs)).toEqual([1000, latency.startMs]);
  expect(candidates.map(({ soonerUpTo }) => soonerUpTo)).toEqual([null, latency.upTo]);
});

const sample = okCase();
const wrong = { ...sample.parity, plain: { ...sample.parity.plain, pass: false } };
const MiB = 2 ** 20;
const starts = (given: Parameters<typeof sampleStart>[0]) =>
  caseOf("a", { p50: 10 }, { start: sampleStart(given) });

const rejections: [reason: string, record: CaseRecord, criteria: Partial<Criteria>][] = [
  ["failed: the process was killed", failedCase("se-resnet20"), {}],
  ["its output differs from the oracle's", caseOf("a", { p50: 10 }, { parity: wrong }), {}],
  [
    "a software GPU: the CPU did its work",
    caseOf("a", { p50: 10 }, { attestation: { ...sample.attestation, software: true } }),
    {},
  ],
  [
    "its 2 samples do not carry p99: measure with a larger --budget",
    caseOf("a", { p50: 10 }),
    { percentile: "p99" },
  ],
  ["p50 is 10.1 ms, over 10 ms", caseOf("a", { p50: 10.1 }), { sloMs: 10 }],
  ["its accuracy was not measured", caseOf("a", { p50: 10 }), { minAccuracy: 0.9 }],
  [
    "top-1 is 0.890, under 0.9",
    caseOf("a", { p50: 10 }, { accuracy: sampleAccuracy(0.91, 0.89) }),
    { minAccuracy: 0.9 },
  ],
  [
    "cannot tell: its memory cannot be read on this system",
    starts({ growthBytes: null }),
    { maxMemoryBytes: 100 * MiB },
  ],
  [
    "it takes 101 MiB at its peak, over 100 MiB",
    starts({ growthBytes: 101 * MiB }),
    { maxMemoryBytes: 100 * MiB },
  ],
  [
    "cannot tell: its record has no fresh start, and the older figures are not comparable",
    caseOf("a", { p50: 10 }, { start: null }),
    { maxMemoryBytes: 100 * MiB },
  ],
  [
    "cannot tell: no fresh start was measured, since the page crashed",
    caseOf("a", { p50: 10 }, { start: { ok: false, reason: "the page crashed", remedy: null } }),
    { maxDownloadBytes: 100 * MiB },
  ],
  [
    "its first answer comes after 301 ms, over 300 ms",
    starts({ firstAnswerMs: 301 }),
    { maxFirstAnswerMs: 300 },
  ],
  [
    "a visitor downloads 2.5 MiB, over 2.4 MiB",
    starts({ brotli: 2.5 * MiB }),
    { maxDownloadBytes: 2.4 * MiB },
  ],
];

test.each(rejections)("rejected: %s", (reason, record, changes) => {
  expect(recommended([record], changes)).toEqual({
    candidates: [],
    rejections: [{ record, reason }],
  });
});

test("what meets each criterion to the last digit is a candidate", () => {
  const exact = caseOf(
    "a",
    { p50: 10 },
    {
      accuracy: sampleAccuracy(0.5, 0.9),
      start: sampleStart({ firstAnswerMs: 300, growthBytes: 100 * MiB, brotli: MiB }),
    },
  );
  const { candidates, rejections: none } = recommended([exact], {
    sloMs: 10,
    minAccuracy: 0.9,
    maxMemoryBytes: 100 * MiB,
    maxFirstAnswerMs: 300,
    maxDownloadBytes: MiB,
  });
  expect(candidates).toHaveLength(1);
  expect(none).toEqual([]);
});

test("what is asked of the other member rejects nothing", () => {
  const record = caseOf("a", { p50: 10, plainMs: 50 });
  expect(rankOf([record], { sloMs: 20 })).toEqual(["a/cpu"]);
  expect(rankOf([record], { sloMs: 20, member: "plain" })).toEqual([]);
});

function memberOf(latencyMs: Partial<MemberRecord["latencyMs"]>, samplesMs: number[][][]) {
  const { se } = sample.members;
  return { ...se, latencyMs: { ...se.latencyMs, ...latencyMs }, samplesMs };
}

test("the range is around the interval and the median of each replica", () => {
  const replicas = [[[8, 7], [9]], [[12]], [[10]]];
  expect(latencyRange(memberOf({ p50Interval: [9, 11] }, replicas), "p50")).toEqual([8, 12]);
});

test("without an interval, the range is that of the samples", () => {
  expect(latencyRange(memberOf({ p50Interval: null }, [[[5, 9, 7]], [[6]]]), "p50")).toEqual([
    5, 9,
  ]);
});

// A p90 needs 46 samples. For 50 samples that are all 20 it is 20; for nine it is not asked.
test("a replica that kept no samples does not spoil the range", () => {
  const kept = memberOf({ p50Interval: [9, 11] }, [[[9, 11]], []]);
  expect(latencyRange(kept, "p50")).toEqual([9, 11]);
  expect(latencyRange(memberOf({ p50: 3, p50Interval: null }, []), "p50")).toEqual([3, 3]);
});

test("a replica that does not carry the percentile does not widen the range", () => {
  const many = Array.from({ length: 50 }, () => 20);
  const few = Array.from({ length: 9 }, () => 90);
  const member = memberOf({ p90: 18, p90Interval: [17, 19] }, [[many], [few]]);
  expect(latencyRange(member, "p90")).toEqual([17, 20]);
});

test("cases that do the same work are together, in the order of the run", () => {
  const batched = { ...caseOf("a", { p50: 1 }), batch: 8 };
  const [one, other] = [caseOf("b", { p50: 1 }), caseOf("a", { p50: 1 })];
  const failed = failedCase("se-resnet18");
  expect(casesByWork([one, batched, failed, other])).toEqual([[one, other], [batched], [failed]]);
});

test("a runtime in a process keeps any limit on what a visitor downloads", () => {
  expect(rankOf([starts({ brotli: null })], { maxDownloadBytes: 1 })).toEqual(["a/cpu"]);
});

test("without a fresh start of both, no break-even is told", () => {
  const none: OkCase = caseOf("other", { p50: 14 }, { start: null });
  const { candidates } = recommended([caseOf("fastest", { p50: 10, startMs: 1000 }), none]);
  expect(candidates.map(({ firstAnswerMs }) => firstAnswerMs)).toEqual([1000, null]);
  expect(candidates.map(({ soonerUpTo }) => soonerUpTo)).toEqual([null, null]);
});

/** A case whose rates were tried, at 4 ms of p90 for what is kept. */
function servedCase(engine: string, ...rows: readonly ServerRow[]): OkCase {
  const server = { status: "ok", percentile: "p90", limitMs: 10, rows } as const;
  return caseOf(engine, { p50: 10 }, { serving: { server } });
}

const server = { scenario: "server", percentile: "p90", sloMs: 10 } as const;

test("in the server scenario, runtimes are ranked by the rate that keeps the limit", () => {
  const { candidates, rejections: none } = recommended(
    [
      servedCase("slow", sampleServer({ workers: 1, kept: 90, notKept: 94 })),
      servedCase(
        "fast",
        sampleServer({ workers: 1, kept: 50, notKept: 52 }),
        sampleServer({ workers: 2, kept: 100, notKept: 105 }),
      ),
      servedCase("near", sampleServer({ workers: 1, kept: 97, notKept: 101 })),
    ],
    server,
  );
  expect(none).toEqual([]);
  expect(candidates.map(({ record }) => record.runtime)).toEqual([
    "fast/cpu",
    "near/cpu",
    "slow/cpu",
  ]);
  expect(candidates.map(({ served }) => [served!.rate, served!.row.workers])).toEqual([
    [100, 2],
    [97, 1],
    [90, 1],
  ]);
  // What keeps 101 requests/s not, but perhaps 100, may be as fast; what does not keep 94 is not.
  expect(candidates.map(({ mayBeFastest }) => mayBeFastest)).toEqual([true, true, false]);
});

test.each([
  ["no load was measured: run it with --scenario server --slo-ms", caseOf("a", { p50: 1 }), server],
  [
    "unavailable: a browser has no workers",
    caseOf(
      "a",
      { p50: 1 },
      {
        serving: {
          server: { status: "unavailable", reason: "a browser has no workers", remedy: null },
        },
      },
    ),
    server,
  ],
  [
    "none of its rates keeps p90 within 4 ms",
    servedCase("a", sampleServer({ workers: 1, kept: 90, notKept: 94 })),
    { ...server, sloMs: 4 },
  ],
] as const)("not for a server: %s", (reason, record, asked) => {
  expect(recommended([record], asked).rejections).toEqual([{ record, reason }]);
});

test.each([
  [true, "not timed: the CPU plays the GPU"],
  [false, "its output differs from the oracle's"],
])("a case that was not timed, whose parity is %j, is no candidate: %s", (parity, reason) => {
  const record = untimedCase(parity);
  expect(recommended([record])).toEqual({ candidates: [], rejections: [{ record, reason }] });
});
