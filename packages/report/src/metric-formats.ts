import { type OkCase, parityHolds, type RunRecord } from "@sebench/results";
import { oneLine } from "@sebench/spec";

/** A measurement as github-action-benchmark's `customSmallerIsBetter` reads it. */
interface SmallerIsBetter {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly range?: string;
  readonly extra: string;
}

/**
 * The run for github-action-benchmark, whose alerts divide by the value before: so it has the
 * ratio SE / plain, which is never 0, and not the overhead. Cases with wrong output are left out.
 * https://github.com/benchmark-action/github-action-benchmark#examples
 */
export function smallerIsBetter(run: RunRecord): string {
  return JSON.stringify(rightCases(run).flatMap(measurementsOf), null, 2);
}

function measurementsOf(record: OkCase): SmallerIsBetter[] {
  const { ratio, interval } = record.overhead;
  const { p50, p50Interval } = record.members.se.latencyMs;
  const extra = tableText(`${record.device.name}, version ${record.engineVersion}`);
  const name = tableText(record.id);
  return [
    { name: `${name}: SE / plain`, unit: "x", value: ratio, ...rangeOf(interval), extra },
    { name: `${name}: p50`, unit: "ms", value: p50, ...rangeOf(p50Interval), extra },
  ];
}

/**
 * A text for the table of the comment, into which github-action-benchmark puts it as it is: there
 * a "|" ends the cell, and Markdown and mentions count.
 */
function tableText(text: string): string {
  return oneLine(text)
    .replace(/ ?\| ?/g, " · ")
    .replace(/[\\`*[\]<>~&$@#!]/g, "·");
}

/** The range of a value as half the width of its interval: `± 0.01`. */
function rangeOf(interval: readonly [number, number] | null): { range?: string } {
  return interval === null
    ? {}
    : { range: `± ${((interval[1] - interval[0]) / 2).toPrecision(2)}` };
}

/**
 * The run in Bencher's Metric Format, by case; Bencher's own measure `latency` is in nanoseconds.
 * https://bencher.dev/docs/reference/bencher-metric-format
 */
export function bencherMetrics(run: RunRecord): string {
  const metrics = rightCases(run).map((record) => {
    const { ratio, interval } = record.overhead;
    const { p50, p50Interval } = record.members.se.latencyMs;
    return [
      record.id,
      { "se-over-plain": metricOf(ratio, interval, 1), latency: metricOf(p50, p50Interval, 1e6) },
    ];
  });
  return JSON.stringify(Object.fromEntries(metrics), null, 2);
}

function metricOf(value: number, interval: readonly [number, number] | null, scale: number) {
  return {
    value: value * scale,
    ...(interval && { lower_value: interval[0] * scale, upper_value: interval[1] * scale }),
  };
}

function rightCases({ cases }: RunRecord): OkCase[] {
  return cases.filter((record) => record.status === "ok").filter(parityHolds);
}
