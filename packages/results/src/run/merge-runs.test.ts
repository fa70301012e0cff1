import { InputError } from "@sebench/spec";
import { expect, test } from "vitest";
import { caseId } from "../case/case-id.ts";
import type { UnavailableCase } from "../case/case-record.ts";
import { failedCase, okCase, sampleHeader, untimedCase } from "../testing/sample-run.ts";
import { mergeRuns, type RunPart } from "./merge-runs.ts";
import { type RunRecord, runRecord } from "./run-record.ts";

const [resnet18, resnet34, resnet50] = ["se-resnet18", "se-resnet34", "se-resnet50"].map((name) =>
  failedCase(name),
) as [RunRecord["cases"][0], RunRecord["cases"][0], RunRecord["cases"][0]];
const ran = okCase();

const { remedy: _, attestation: __, ...identity } = failedCase("se-resnet20");
const notThere: UnavailableCase = {
  ...identity,
  id: caseId(identity),
  status: "unavailable",
  reason: "onnxruntime-node is not installed",
  remedy: "pnpm install",
};

interface PartChanges {
  readonly shard?: RunRecord["run"]["shard"];
  readonly run?: Partial<RunRecord["run"]>;
  readonly key?: string;
}

function part(
  source: string,
  cases: RunRecord["cases"],
  { shard = null, run = {}, key = sampleHeader.machine.key }: PartChanges = {},
): RunPart {
  const record = {
    schema: "sebench/1" as const,
    run: { ...sampleHeader.run, shard, ...run },
    machine: { ...sampleHeader.machine, key },
    cases,
  };
  return { source, record };
}

function merged(...parts: readonly RunPart[]): RunRecord {
  const { runs } = mergeRuns(parts);
  expect(runs).toHaveLength(1);
  return runs[0]!;
}

test("shards become one run with the cases of all, which is a valid record", () => {
  const shards = [[resnet18], [resnet34], [resnet50]].map((cases, index) =>
    part(`${index}`, cases, { shard: { index: index + 1, of: 3 } }),
  );
  const { runs, missing } = mergeRuns(shards);
  expect(runs).toHaveLength(1);
  expect(missing).toEqual([]);
  expect(runs[0]!.run.shard).toBeNull();
  expect(runs[0]!.cases).toEqual([resnet18, resnet34, resnet50]);
  expect(runRecord.parse(runs[0])).toEqual(runs[0]);
});

test("shards that no part is of are named", () => {
  const [second, fourth] = [2, 4].map((index) => part("", [], { shard: { index, of: 5 } }));
  expect(mergeRuns([fourth!, second!]).missing).toEqual(["1/5", "3/5", "5/5"]);
});

test("shards of other scenarios are not one run", () => {
  const scenarios = (limitMs: number) => ({
    scenarios: {
      names: ["server"] as const,
      percentile: "p90" as const,
      limitMs,
      workers: null,
      seconds: 1,
    },
  });
  const parts = [
    part("one", [resnet18], { run: scenarios(10) }),
    part("two", [resnet34], { run: scenarios(20) }),
  ];
  expect(() => mergeRuns(parts)).toThrow("--slo-ms 10");
});

test("a run that was not split lacks no shard", () => {
  expect(mergeRuns([part("one", [ran])]).missing).toEqual([]);
});

test("the merged run lasts from the first start to the last end", () => {
  const [early, late] = ["2026-03-02T09:00:00.000Z", "2026-03-02T10:00:00.000Z"] as const;
  const [ended, endedLast] = ["2026-03-02T11:00:00.000Z", "2026-03-02T12:00:00.000Z"] as const;
  const { run } = merged(
    part("one", [resnet18], { run: { id: "late", started: late, finished: ended } }),
    part("two", [resnet34], { run: { id: "early", started: early, finished: endedLast } }),
  );
  expect(run).toMatchObject({ id: "early", started: early, finished: endedLast });
});

test.each([
  { what: "finished", unfinished: { finished: null }, expected: { finished: null } },
  {
    what: "without interruption",
    unfinished: { interrupted: true },
    expected: { interrupted: true },
  },
])("a run is $what only where all of its parts are", ({ unfinished, expected }) => {
  const finished = { finished: "2026-03-02T11:00:00.000Z" };
  const { run } = merged(
    part("one", [resnet18], { run: finished }),
    part("two", [resnet34], { run: { ...finished, ...unfinished } }),
  );
  expect(run).toMatchObject(expected);
});

test("each command is told once, in the order in which they started", () => {
  const { run } = merged(
    part("one", [resnet18], { run: { command: "b", started: "2026-03-02T10:00:00.000Z" } }),
    part("two", [resnet34], { run: { command: "a" } }),
    part("three", [resnet50], { run: { command: "a" } }),
  );
  expect(run.command).toBe("a + b");
});

test.each([
  { first: ran, second: notThere },
  { first: notThere, second: ran },
  { first: failedCase("se-resnet20"), second: ran },
  { first: untimedCase(), second: ran },
])("a case that ran comes before one that is $second.status or $first.status", (pair) => {
  expect(merged(part("one", [pair.first]), part("two", [pair.second])).cases).toEqual([ran]);
});

test("a case that was not timed comes before one that failed, and is held by one part only", () => {
  const [untimed, failed] = [untimedCase(), failedCase("se-resnet20")];
  expect(merged(part("one", [failed]), part("two", [untimed])).cases).toEqual([untimed]);
  const twice = () => mergeRuns([part("one.json", [untimed]), part("two.json", [untimed])]);
  expect(twice).toThrow(`one.json and two.json both hold ${untimed.id}`);
});

test("a case that ran twice is refused, and both its places are named", () => {
  const merging = () => mergeRuns([part("one.json", [ran]), part("two.json", [ran])]);
  expect(merging).toThrow(InputError);
  expect(merging).toThrow(`one.json and two.json both hold ${ran.id}`);
});

test.each([
  { aspect: "profile", run: { profile: "full" } },
  { aspect: "seed", run: { seed: 2 } },
  { aspect: "version of sebench", run: { sebench: "0.2.0" } },
  { aspect: "commit", run: { git: { commit: "f".repeat(40), dirty: false, branch: "main" } } },
  { aspect: "commit", run: { git: null } },
  { aspect: "number of shards", run: { shard: { index: 1, of: 2 } } },
] as const)("parts of another $aspect are refused", ({ aspect, run }) => {
  const merging = () =>
    mergeRuns([part("one.json", [resnet18]), part("two.json", [resnet34], { run })]);
  expect(merging).toThrow(InputError);
  expect(merging).toThrow(`not parts of one run: ${aspect}`);
});

test("parts with other weights are refused, and both weights are told", () => {
  const file = { name: "a.safetensors", keys: "timm", sha256: "1".repeat(64) } as const;
  const { hash } = ran.weights;
  const other: RunRecord["cases"][0] = {
    ...ran,
    weights: { kind: "checkpoint", files: { se: file, plain: null }, hash },
  };
  expect(() => mergeRuns([part("one", [resnet18, ran]), part("two", [other])])).toThrow(
    /not parts of one run: weights seeded with 1 and SE of a\.safetensors/,
  );
});

const hash = { plain: "1".repeat(64), se: "2".repeat(64) };
const trained: RunRecord["cases"][0] = {
  ...ran,
  weights: { kind: "trained", dataset: "fashion-mnist", hash },
};
const ofOtherRuntime = (record: typeof trained): RunRecord["cases"][0] => {
  const own = { ...record, runtime: "onnxruntime-web/wasm" };
  return { ...own, id: caseId(own) };
};
const ofOtherPair = (record: typeof trained): RunRecord["cases"][0] => {
  const own = { ...record, network: "se-resnet56", plain: "resnet56" };
  return { ...own, id: caseId(own) };
};

test("a pair with trained weights and another with seeded ones are of one run", () => {
  const { cases } = merged(part("one", [trained]), part("two", [ofOtherPair(ran)]));
  expect(cases).toEqual([trained, ofOtherPair(ran)]);
});

test.each([
  ["seeded", ofOtherRuntime(ran)],
  [
    "otherwise trained",
    ofOtherRuntime({
      ...ran,
      weights: { kind: "trained", dataset: "fashion-mnist", hash: { ...hash, se: "3".repeat(64) } },
    }),
  ],
])("a pair with trained weights is of no run where it is %s", (_how, other) => {
  expect(() => mergeRuns([part("one", [trained]), part("two", [other])])).toThrow(
    /weights trained on fashion-mnist \(SHA-256 SE 2{16}, plain 1{16}\) and /,
  );
});

test("another branch of the same commit is no other run", () => {
  const git = { ...sampleHeader.run.git!, branch: null };
  expect(
    merged(part("one", [resnet18]), part("two", [resnet34], { run: { git } })).cases,
  ).toHaveLength(2);
});

test("each machine has a run of its own, where the same case may be in each", () => {
  const key = "fedcba9876543210";
  const { runs } = mergeRuns([
    part("one", [ran], { shard: { index: 1, of: 2 } }),
    part("two", [ran], { shard: { index: 2, of: 2 }, key }),
    part("three", [resnet18], { shard: { index: 2, of: 2 } }),
  ]);
  expect(runs.map(({ machine, cases }) => [machine.key, cases])).toEqual([
    [sampleHeader.machine.key, [ran, resnet18]],
    [key, [ran]],
  ]);
});
