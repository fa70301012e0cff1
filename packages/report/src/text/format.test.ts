import { describe, expect, test } from "vitest";
import {
  formatBytes,
  formatCount,
  formatDifference,
  formatGrowth,
  formatMs,
  formatMsWithin,
  formatOverheadWithin,
  formatRate,
  formatShare,
} from "./format.ts";

describe("milliseconds", () => {
  test.each([
    [0.12345, "0.123 ms"],
    [4.6789, "4.68 ms"],
    [46.789, "46.8 ms"],
    [467.89, "468 ms"],
    [6734, "6734 ms"],
    [0, "0 ms"],
  ])("%d has three significant digits: %s", (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  test("an interval has the decimals of its value", () => {
    expect(formatMsWithin(46.789, [46.712, 46.851])).toBe("46.8 ms [46.7, 46.9]");
  });

  test("a wide interval takes decimals away", () => {
    expect(formatMsWithin(46.789, [36.2, 58.1])).toBe("47 ms [36, 58]");
    expect(formatMsWithin(1234, [934, 1534])).toBe("1230 ms [930, 1530]");
  });

  test("without an interval there is none to show", () => {
    expect(formatMsWithin(46.789, null)).toBe("46.8 ms");
  });
});

describe("overhead", () => {
  test.each<[number, [number, number] | null, string]>([
    [1.1094, [1.1041, 1.1147], "+10.9 % [10.4, 11.5]"],
    [0.9969, [0.9852, 1.0088], "−0.3 % [−1.5, 0.9]"],
    [1.0001, [0.9998, 1.0004], "0.0 % [0.0, 0.0]"],
    [1.4312, [1.3116, 1.5616], "+43 % [31, 56]"],
    [4.4, [1.2, 7.6], "+340 % [20, 660]"],
    [1.1094, null, "about +11 %"],
  ])("%d within %j is %s", (ratio, interval, text) => {
    expect(formatOverheadWithin(ratio, interval)).toBe(text);
  });
});

test.each([
  [1.000615, "+0.062 %"],
  [1.09903, "+9.9 %"],
  [1.28, "+28 %"],
  [1, "0 %"],
  [0.98, "−2.0 %"],
])("exact counts that grow %d times grow by %s", (ratio, text) => {
  expect(formatGrowth(ratio)).toBe(text);
});

test.each([
  [275, "275"],
  [28_088_024, "28.1 M"],
  [4_091_699_200, "4.09 G"],
])("%d counts as %s", (count, text) => {
  expect(formatCount(count)).toBe(text);
});

test("bytes are in binary units", () => {
  expect(formatBytes(25_276_026_880)).toBe("23.5 GiB");
  expect(formatBytes(512)).toBe("512 B");
});

test("rates have three significant digits", () => {
  expect(formatRate(1625.4)).toBe("1625");
  expect(formatRate(21.146)).toBe("21.1");
});

test("shares have a decimal unless they are all or nothing", () => {
  expect(formatShare(0.92434)).toBe("92.4 %");
  expect(formatShare(1)).toBe("100 %");
});

test("a difference that is not a finite number says so", () => {
  expect(formatDifference(1.84e-7)).toBe("1.8e-7");
  expect(formatDifference(null)).toBe("not finite");
});
