import { describe, expect, it, test } from "vitest";
import { runOf, runsOf } from "../testing/test-run.ts";
import type { LoggedRun } from "./logged-run.ts";
import { ablationMarkdown, fixed, signed } from "./markdown.ts";
import { ablationTable } from "./table.ts";

const markdownOf = (...all: readonly LoggedRun[]) => ablationMarkdown(ablationTable(all));

/** The cells of a network's first row. */
function cellsOf(markdown: string, network: string): string[] {
  const row = markdown.split("\n").find((line) => line.includes(`| \`${network}\``))!;
  return row
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());
}

describe("of three seeds", () => {
  const markdown = markdownOf(
    ...runsOf("se-resnet8", 1200, 1300, 1400),
    ...runsOf("resnet8", 1300, 1450, 1400),
    ...runsOf("se-resnet8{r=2}", 1400, 1510, 1620),
    ...runsOf("se-resnet8{r=4}", 1110, 1220, 1380),
  );

  // The figures are computed by hand in table.test.ts.
  it("a row has our error and difference, and the paper's", () => {
    expect(cellsOf(markdown, "resnet8")).toEqual([
      "10, reduction",
      "`resnet8`",
      "3",
      "13.83 [11.94, 15.73]",
      "+0.83 [−1.06, 2.73]",
      "cannot tell: the interval covers 0",
      "23.30",
      "+1.02",
    ]);
  });

  it("the standard has nothing to be told apart from", () => {
    expect(cellsOf(markdown, "se-resnet8").slice(1)).toEqual([
      "`se-resnet8` (standard)",
      "3",
      "13.00 [10.52, 15.48]",
      "",
      "",
      "22.28",
      "",
    ]);
  });

  // Holm adjusts p = 0.000755 to three times that.
  it("a difference beyond doubt is told with its adjusted p", () => {
    expect(cellsOf(markdown, "se-resnet8{r=2}")[5]).toBe("yes: p 0.0023");
  });

  // The differences are -0.9, -0.8 and -0.2: s^2 = 0.14333, standard error 0.21858, t = 2.8979,
  // p = 1 - t / sqrt(2 + t^2) = 0.10131: the interval is wider than that.
  it("a difference that may be chance is not", () => {
    expect(cellsOf(markdown, "se-resnet8{r=4}")[5]).toBe("cannot tell: the interval covers 0");
  });

  it("what can be told apart is said in a sentence, and what cannot", () => {
    expect(markdown).toContain(
      "Told apart from the standard, at 5 % over all 3 comparisons (Holm): `se-resnet8{r=2}`. " +
        "Not told apart: `resnet8`, `se-resnet8{r=4}`.",
    );
  });

  it("how it was trained is said before", () => {
    expect(markdown).toContain("3 seeds of each network, on 6,400 training images");
    expect(markdown).toContain("400 steps (4 epochs in batches of 64)");
    expect(markdown).toContain("Errors are of the 10,000 test images");
    expect(markdown).toContain("networks of another size, and another dataset");
  });
});

// The differences are -1, -1.1 and -0.8: s^2 = 0.02333, standard error 0.08819, t = 10.961, so
// p = 1 - sqrt(t^2 / (2 + t^2)) = 0.00822, the smallest of seven: 0.058.
test("an interval that does not cover 0 is no proof among several comparisons", () => {
  const others = ["2", "4", "8"].flatMap((r) => runsOf(`se-resnet8{r=${r}}`, 1300, 1100, 1500));
  const places = ["pre", "post", "identity"].flatMap((place) =>
    runsOf(`se-resnet8{place=${place}}`, 1000, 1500, 1300),
  );
  const standard = runsOf("se-resnet8", 1200, 1300, 1400);
  const markdown = markdownOf(
    ...standard,
    ...others,
    ...places,
    ...runsOf("se-resnet8{squeeze=none}", 1100, 1190, 1320),
  );
  expect(cellsOf(markdown, "se-resnet8{squeeze=none}").slice(4, 6)).toEqual([
    "−0.97 [−1.35, −0.59]",
    "cannot tell: p 0.058 among 7",
  ]);
});

describe("of one seed", () => {
  const markdown = markdownOf(...runsOf("se-resnet8", 1200), ...runsOf("resnet8", 1300));

  it("there are no intervals, and it says so", () => {
    expect(cellsOf(markdown, "resnet8").slice(2, 6)).toEqual([
      "1",
      "13.00",
      "+1.00",
      "cannot tell: no interval",
    ]);
    expect(markdown).toContain("One seed only");
  });

  // Wilson's interval is computed by hand in table.test.ts.
  it("the test images alone give one", () => {
    expect(markdown).toContain("`se-resnet8` with seed 1 errs in 12.00 % [11.38, 12.65] (Wilson)");
  });
});

// The errors are 12 and 13 %, so by hand the standard error is 0.5, and the interval 12.7062 of that each way.
test("of two seeds the interval is as wide as t has it", () => {
  const markdown = markdownOf(...runsOf("se-resnet8", 1200, 1300));
  expect(cellsOf(markdown, "se-resnet8")[3]).toBe("12.50 [6.15, 18.85]");
  expect(markdown).toContain("which is 12.7 of 2 seeds");
});

test("what is not there is named with its reason", () => {
  const markdown = markdownOf(
    ...runsOf("se-resnet8", 1200),
    runOf({ kind: "unfinished" }, { network: "resnet8" }),
    runOf({ kind: "diverged", step: 7 }, { network: "se-resnet8{gate=relu}" }),
  );
  expect(markdown).toContain("There is no `se-resnet8{r=32}`: r=32 leaves no channel of the 16");
  expect(markdown).toContain("Diverged, and left out: se-resnet8{gate=relu} with seed 1.");
  expect(markdown).toContain("Not finished, and left out: resnet8 with seed 1.");
  expect(markdown).toMatch(/Not trained: `se-resnet8\{r=2\}`, .*`se-resnet8\{squeeze=none\}`\./);
});

test("the columns of the table are padded to one width", () => {
  const lines = markdownOf(...runsOf("se-resnet8", 1200)).split("\n");
  const widths = lines.filter((line) => line.startsWith("|")).map(({ length }) => length);
  expect(new Set(widths).size).toBe(1);
});

test.each([
  [1.005_1, "1.01", "+1.01"],
  [-0.31, "−0.31", "−0.31"],
  [-0.004, "0.00", "0.00"],
  [0, "0.00", "0.00"],
])("%d is printed as %s, and as a difference %s", (value, plain, difference) => {
  expect(fixed(value)).toBe(plain);
  expect(signed(value)).toBe(difference);
});
