import { expect, test } from "vitest";
import { okCase } from "../testing/sample-run.ts";
import { sampleStart } from "../testing/sample-start.ts";
import { caseRecord } from "./case-record.ts";
import { firstAnswerOverNetwork, memoryGrowth, overStarts, rangeOfStarts } from "./start-record.ts";

test("a record of before there were starts is read, and has none", () => {
  const { start: _, ...older } = okCase();
  expect(caseRecord.parse(JSON.parse(JSON.stringify(older)))).toMatchObject({ start: null });
});

test.each([
  ["starts", sampleStart({ growthBytes: 12, brotli: 4 })],
  ["no starts, and why", { ok: false, reason: "the page crashed", remedy: null } as const],
])("a record with %s is read as it was written", (_, start) => {
  const record = { ...okCase(), start };
  expect(caseRecord.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
});

test("memory grows by what each start itself had more than before its engine", () => {
  const { plain } = sampleStart({});
  const residentBytes = {
    ...plain.residentBytes!,
    before: overStarts([100, 300, 200]),
    steady: overStarts([150, 310, 190]),
  };
  const growth = memoryGrowth({ residentBytes }, "steady")!;
  expect(growth).toEqual({ median: 10, starts: [50, 10, 0] });
  expect(rangeOfStarts(growth)).toEqual([0, 50]);
});

// By hand: 2.5 million bytes are 20 Mbit, which take 2 s at 10 Mbit/s and 0.1 s at 200 Mbit/s.
test("a network adds the time of the download to the first answer", () => {
  const { se } = sampleStart({ firstAnswerMs: 300, brotli: 2_500_000 });
  expect([10, 200].map((rate) => firstAnswerOverNetwork(se, rate))).toEqual([2300, 400]);
  const { se: inProcess } = sampleStart({});
  expect(firstAnswerOverNetwork(inProcess, 10)).toBeNull();
});

test("a record with a start more of one quantity than of another is refused", () => {
  const start = sampleStart({});
  const steadyMs = overStarts([1, 2]);
  const record = { ...okCase(), start: { ...start, se: { ...start.se, steadyMs } } };
  expect(caseRecord.safeParse(record).error?.issues[0]?.message).toContain("more starts");
});
