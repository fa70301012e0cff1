import type { BoundRecord } from "@sebench/results";
import { describe, expect, it } from "vitest";
import { bandwidthText, boundSentence, boundText, peakText } from "./bound-text.ts";

const bound: BoundRecord = {
  ratio: 1.0127,
  milliseconds: 0.635,
  macs: 2_951_680,
  bytes: 6_351_552,
  peakMacsPerSecond: 76.94e9,
  bytesPerSecond: 10.04e9,
};

describe("a bound", () => {
  it("is told as what it adds at the least, and with its rates", () => {
    expect(boundText(bound)).toBe("≥ +1.3 %");
    expect(peakText(bound)).toBe("76.9 GMAC/s");
    expect(bandwidthText(bound)).toBe("10.0 GB/s");
  });

  it("says what it follows from, and how many times as much was measured", () => {
    expect(boundSentence(bound, { ratio: 1.109, interval: [1.104, 1.114] })).toBe(
      "SE adds 0.635 ms (+1.3 %) at the least: 6.06 MiB of parameters at 10.0 GB/s and 2.95 M multiply-accumulates at 76.9 GMAC/s. The measured overhead, +10.9 % [10.4, 11.4], is 8.6 times that.",
    );
  });

  it("claims no distance where the interval holds it", () => {
    expect(boundSentence(bound, { ratio: 1.02, interval: [1.01, 1.03] })).toContain(
      "The measured overhead, +2.0 % [1.0, 3.0], cannot be told from it.",
    );
  });

  it("owns up where it is beaten", () => {
    expect(boundSentence(bound, { ratio: 1.005, interval: [1.002, 1.008] })).toContain(
      "is below it, so what the bound takes for granted does not hold here.",
    );
  });
});
