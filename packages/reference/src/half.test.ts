import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type SumOrder, sumInHalf, sumOrders, toHalf } from "./half.ts";

/** What numpy's float16 gives: `scripts/make_half_golden.py`. A number that JSON lacks is a word. */
interface Golden {
  readonly exact: readonly number[];
  readonly rounded: readonly (number | string)[];
  readonly sums: readonly {
    readonly name: string;
    readonly height: number;
    readonly width: number;
    readonly values: readonly number[];
    readonly sums: Readonly<Record<SumOrder, number | string>>;
  }[];
}

const golden = JSON.parse(
  readFileSync(new URL("../golden/half.json", import.meta.url), "utf8"),
) as Golden;

const numberOf = (told: number | string) =>
  typeof told === "number" ? told : told === "inf" ? Infinity : told === "-inf" ? -Infinity : NaN;

test("values round to halves as numpy rounds float64", () => {
  expect(golden.exact.map(toHalf)).toEqual(golden.rounded.map(numberOf));
  expect(toHalf(NaN)).toBeNaN();
});

describe("a sum in halves is numpy's, for the order", () => {
  test.each(golden.sums)("of $name", ({ height, width, values, sums }) => {
    const end = height * width;
    const map = Float64Array.from({ length: end }, (_, at) => values[at % values.length]!);
    for (const order of sumOrders) {
      expect(sumInHalf(map, order, { start: 0, end, width })).toBe(numberOf(sums[order]));
    }
  });
});

test("the sum of 4,096 ones is 2,048, where it stops growing, and right as a tree of pairs", () => {
  const ones = new Float64Array(64 * 64).fill(1);
  const whole = { start: 0, end: 64 * 64, width: 64 };
  expect(sumInHalf(ones, "sequential", whole)).toBe(2048);
  expect(sumInHalf(ones, "pairwise", whole)).toBe(4096);
});
