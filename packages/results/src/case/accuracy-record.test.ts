import { expect, test } from "vitest";
import { sampleAccuracy } from "../testing/sample-accuracy.ts";
import { okCase } from "../testing/sample-run.ts";
import { type CaseAccuracy, membersLosing } from "./accuracy-record.ts";
import { caseRecord } from "./case-record.ts";

const sample = sampleAccuracy(0.9, 0.91);

function seAgainstOracle(onlyHere: number, onlyOracle: number, p: number): CaseAccuracy {
  const oracle = { ...sample.se.oracle, onlyHere, onlyOracle, p };
  return { ...sample, se: { ...sample.se, oracle } };
}

test("accuracy is lost where the oracle is right more often, beyond doubt", () => {
  expect(membersLosing(seAgainstOracle(3, 15, 0.0075))).toEqual(["se"]);
});

test.each([
  ["was not measured", null],
  ["is the oracle's", sample],
  ["may differ by chance", seAgainstOracle(5, 12, 0.14)],
  ["is higher than the oracle's", seAgainstOracle(15, 3, 0.0075)],
])("accuracy that %s is not lost", (_how, accuracy) => {
  expect(membersLosing(accuracy)).toEqual([]);
});

test("a case is read with its accuracy, and one of a run before there was any", () => {
  for (const accuracy of [sample, null]) {
    const record = { ...okCase(), accuracy };
    expect(caseRecord.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  }
});
