import { describe, expect, it, test } from "vitest";
import { ablationSettings, epochEntry, startEntry } from "../testing/test-run.ts";
import { loggedRun, settingsDifference } from "./logged-run.ts";

const outcomeOf = (...entries: Parameters<typeof loggedRun>[0]) =>
  loggedRun([startEntry(), ...entries], "log.jsonl").outcome;

describe("a run", () => {
  it("is trained once the last epoch has run the test images", () => {
    expect(outcomeOf(epochEntry(3, null), epochEntry(4, 8800))).toEqual({
      kind: "trained",
      test: { images: 10_000, correct: 8800, top1: 0.88 },
    });
  });

  it("is unfinished before, even where earlier epochs ran them", () => {
    expect(outcomeOf(epochEntry(3, 8700))).toEqual({ kind: "unfinished" });
  });

  it("has diverged where its log says so", () => {
    const diverged = { kind: "diverged", step: 217, epoch: 3 } as const;
    expect(outcomeOf(epochEntry(2, null), diverged)).toEqual({ kind: "diverged", step: 217 });
  });
});

test.each([[[]], [[epochEntry(1, 8000)]]])("a log that begins otherwise is refused", (entries) => {
  expect(() => loggedRun(entries, "x/log.jsonl")).toThrow(
    "x/log.jsonl does not begin with the settings of its run",
  );
});

test("settings that differ are named with both values", () => {
  const other = { ...ablationSettings, epochs: 5, subset: null };
  expect(settingsDifference(other, ablationSettings)).toBe(
    "epochs 5, not 4; subset null, not 6400",
  );
  expect(settingsDifference(ablationSettings, ablationSettings)).toBe("");
});
