import { describe, expect, it, test } from "vitest";
import { runOf, runsOf } from "../testing/test-run.ts";
import type { LoggedRun } from "./logged-run.ts";
import { type AblationRow, ablationTable } from "./table.ts";

const rowOf = (all: readonly LoggedRun[], network: string): AblationRow =>
  ablationTable(all).rows.find((row) => row.network === network)!;

const standard = runsOf("se-resnet8", 1200, 1300, 1400);

// The figures are computed by hand, where t is 4.30265 at two degrees of freedom.
describe("of three seeds", () => {
  const all = [
    ...standard,
    ...runsOf("resnet8", 1300, 1450, 1400),
    ...runsOf("se-resnet8{r=2}", 1400, 1510, 1620),
  ];

  it("the error is their mean, with a t interval", () => {
    const { error } = rowOf(all, "se-resnet8").result!;
    expect(error.mean).toBeCloseTo(13, 10);
    expect(error.interval![0]).toBeCloseTo(10.5159, 3);
    expect(error.interval![1]).toBeCloseTo(15.4841, 3);
  });

  // The differences are 1, 1.5 and 0: s^2 = 0.58333, standard error 0.44096, t = 1.88982.
  it("differences are paired by seed", () => {
    const difference = rowOf(all, "resnet8").result!.difference!;
    expect(difference.mean).toBeCloseTo(0.833_33, 4);
    expect(difference.interval![0]).toBeCloseTo(-1.063_98, 3);
    expect(difference.interval![1]).toBeCloseTo(2.730_65, 3);
    expect(difference.pValue).toBeCloseTo(0.199_36, 4);
  });

  // The differences are 2, 2.1 and 2.2: t^2 = 1323, p = 1 - sqrt(1323 / 1325) = 0.000755, and twice that.
  it("p values are adjusted over all comparisons", () => {
    const close = rowOf(all, "se-resnet8{r=2}").result!.difference!;
    expect(close.adjustedPValue).toBeCloseTo(0.001_51, 5);
    expect(close.toldApart).toBe(true);
    const far = rowOf(all, "resnet8").result!.difference!;
    expect(far.adjustedPValue).toBeCloseTo(0.199_36, 4);
    expect(far.toldApart).toBe(false);
    expect(ablationTable(all).comparisons).toBe(2);
  });

  it("the standard has no difference to itself", () => {
    expect(rowOf(all, "se-resnet8").result!.difference).toBeNull();
  });
});

// Of 10,000 images 1,200 are wrong, so by hand the centre is 0.1201459 and half the width 0.0063678.
test("what the test images alone leave open is Wilson's interval", () => {
  const [first] = rowOf(standard, "se-resnet8").result!.seeds;
  expect(first!.error).toBeCloseTo(12, 10);
  expect(first!.interval[0]).toBeCloseTo(11.3778, 3);
  expect(first!.interval[1]).toBeCloseTo(12.6514, 3);
});

test("only seeds that both have are compared", () => {
  const all = [...standard, ...runsOf("resnet8", null, 1310, 1430, 2000)];
  const { seeds, difference } = rowOf(all, "resnet8").result!;
  expect(seeds.map(({ seed }) => seed)).toEqual([2, 3, 4]);
  expect(difference).toMatchObject({ seeds: 2, mean: expect.closeTo(0.2, 10) });
});

test("one seed gives no interval and tells nothing apart", () => {
  const all = [...runsOf("se-resnet8", 1200), ...runsOf("resnet8", 5000)];
  const { error, difference } = rowOf(all, "resnet8").result!;
  expect(error).toEqual({ mean: 50, interval: null });
  expect(difference).toMatchObject({ mean: 38, interval: null, pValue: null, toldApart: false });
  expect(ablationTable(all).comparisons).toBe(0);
});

test("seeds whose differences agree to the image tell nothing apart", () => {
  const all = [...standard, ...runsOf("resnet8", 1300, 1400, 1500)];
  expect(rowOf(all, "resnet8").result!.difference).toMatchObject({
    interval: null,
    toldApart: false,
  });
});

// Table 10 of SENet v4 has 23.30 and 22.72 %, and 22.28 % for the standard.
test.each([
  ["resnet8", "resnet50", 23.3, 1.02],
  ["se-resnet8{r=32}", "se-resnet50{r=32,bias=false}", 22.72, 0.44],
  ["se-resnet8", "se-resnet50{bias=false}", 22.28, 0],
])("%s stands beside the paper's %s", (network, published, top1Error, difference) => {
  const { paper } = rowOf(standard, network);
  expect(paper).toEqual({ network: published, top1Error, difference });
});

test("runs that diverged or are not finished are named and left out", () => {
  const table = ablationTable([
    ...standard,
    runOf({ kind: "diverged", step: 7 }, { network: "se-resnet8{gate=relu}" }),
    runOf({ kind: "unfinished" }, { network: "resnet8", seed: 2 }),
  ]);
  expect(table.diverged).toEqual([{ network: "se-resnet8{gate=relu}", seed: 1 }]);
  expect(table.unfinished).toEqual([{ network: "resnet8", seed: 2 }]);
  expect(table.rows.find(({ network }) => network === "resnet8")!.result).toBeNull();
});

const tested = (images: number) =>
  ({ kind: "trained", test: { images, correct: 900, top1: 900 / images } }) as const;

test.each([
  ["no run at all", [], "no run is complete"],
  ["none that is complete", [runOf({ kind: "unfinished" }, {})], "no run is complete"],
  [
    "runs of other settings",
    [...standard, runOf(tested(10_000), { network: "resnet8", epochs: 5, rate: 0.2 })],
    "resnet8 with seed 1 differs from se-resnet8 with seed 1: epochs 5, not 4; rate 0.2, not 0.05",
  ],
  [
    "runs on other test images",
    [...standard, runOf(tested(1000), { network: "resnet8" })],
    "1000 test images, not 10000",
  ],
  [
    "runs on other training images",
    [...standard, { ...runsOf("resnet8", 1000)[0]!, stepsPerEpoch: 8 }],
    "8 steps in an epoch, not 100",
  ],
  [
    "a run of another network",
    [...standard, ...runsOf("se-resnet20", 1000)],
    "se-resnet20 with seed 1 is of none of the paper's ablations",
  ],
])("%s: refused", (_what, all, message) => {
  expect(() => ablationTable(all)).toThrow(message);
});
