import type { CaseRecord, OkCase } from "@sebench/results";
import { caseId } from "@sebench/results";
import { describe, expect, it } from "vitest";
import { htmlReport } from "../html-report.ts";
import { failedCase, okCase } from "../testing/made-up-case.ts";
import { runOf } from "../testing/sample-run.ts";
import { breakSentences, sweepsOf } from "./sweep.ts";

const place = { runtime: "onnxruntime-web/wasm", host: "chromium", plain: "resnet20" } as const;

/** A case at another size; the parity of one holds unless it is told to break. */
function atSize(imageSize: number, holds = true): OkCase {
  const made = okCase(place, { plainMs: imageSize / 10, ratio: 1.1, seed: imageSize });
  const { parity } = made;
  const moved = { ...made, imageSize };
  return {
    ...moved,
    id: caseId(moved),
    parity: holds ? parity : { ...parity, se: { ...parity.se, relative: 0.3, pass: false } },
  };
}

const sentencesOf = (...cases: readonly CaseRecord[]) => {
  const [sweep] = sweepsOf(runOf(...cases));
  return breakSentences(sweep!);
};

describe("a sweep", () => {
  it("is of cases that differ in their size alone, from the least on", () => {
    const cases = [atSize(64), atSize(28), atSize(46)];
    const batches = okCase({ ...place, batch: 8 }, { plainMs: 9, ratio: 1.1, seed: 4 });
    const sweeps = sweepsOf(runOf(...cases, batches));
    expect(sweeps.map(({ part, cases: own }) => [part, own.map((each) => each.imageSize)])).toEqual(
      [["imageSize", [28, 46, 64]]],
    );
  });

  it("needs three points", () => {
    expect(sweepsOf(runOf(atSize(28), atSize(64)))).toEqual([]);
  });

  it("says that parity holds at all points", () => {
    expect(sentencesOf(atSize(28), atSize(46), atSize(64))).toEqual([
      "Parity holds at all 3 points that ran.",
    ]);
  });

  it("names the sizes at which parity breaks, and the last before them", () => {
    expect(sentencesOf(atSize(28), atSize(46), atSize(64, false), atSize(82, false))).toEqual([
      "Parity breaks at 64 px, 82 px; it holds up to 46 px.",
    ]);
    expect(sentencesOf(atSize(28, false), atSize(46), atSize(64))).toEqual([
      "Parity breaks at 28 px.",
    ]);
  });

  it("names the points that did not run, and why", () => {
    const large = { imageSize: 4096 };
    const made = failedCase(place, { reason: "out of memory", remedy: null, attestation: null });
    const failed = { ...made, ...large, id: caseId({ ...made, ...large }) };
    expect(sentencesOf(atSize(28), atSize(46), failed)).toEqual([
      "Parity holds at all 2 points that ran.",
      "It does not run at 4096 px: out of memory.",
    ]);
  });

  it("is drawn, with a row for each point", () => {
    const page = htmlReport(runOf(atSize(28), atSize(46), atSize(64, false)));
    const section = page.slice(page.indexOf('id="sweeps"'), page.indexOf('id="parity"'));
    expect(section).toContain('id="sweep-0-title"');
    for (const size of ["28 px", "46 px", "64 px"]) expect(section).toContain(size);
    expect(section).toContain("Parity breaks at 64 px");
  });
});
