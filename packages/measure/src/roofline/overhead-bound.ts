import type { Precision } from "@sebench/runtime";
import { countMacs, countParameters, type Network } from "@sebench/spec";
import type { Member } from "../measurement/measurement.ts";
import { leastSeWork, type StepWork } from "./se-work.ts";

/** The most that a runtime can do in a second, on a machine and with a number of threads. */
export interface Roofline {
  /** The most multiply-accumulates in a second, or 0 if they could not be told. */
  readonly peakMacsPerSecond: number;
  /**
   * The most bytes of parameters in a second, read from wherever a network of this size
   * leaves them, or 0 if they could not be told.
   */
  readonly bytesPerSecond: number;
}

/** The least that SE can cost a runtime on a machine. */
export interface OverheadBound extends Roofline {
  /** The least ratio of SE's latency to plain's: 1.02 is an overhead of 2 %. */
  readonly ratio: number;
  /** The least that SE adds to the plain latency. */
  readonly milliseconds: number;
  /** The fewest multiply-accumulates that SE adds to a run. */
  readonly macs: number;
  /** The fewest bytes of parameters that SE adds to a run. */
  readonly bytes: number;
}

export interface BoundedCase {
  readonly batch: number;
  readonly precision: Precision;
  /** The measured latency of the plain network, for one run. */
  readonly plainMs: number;
}

/** The bytes of one parameter at each precision. */
export const bytesPerValue: Readonly<Record<Precision, number>> = { fp32: 4, fp16: 2, int8: 1 };

/**
 * The bound from the roofline of SE's least work (Williams, Waterman and Patterson
 * 2009, "Roofline"): each step takes as long as its multiply-accumulates at peak or its
 * bytes at full bandwidth, whichever is longer, and the steps follow each other.
 * What a kernel costs to start is left out, and so is whatever a runtime loses in
 * the plain part because SE stands in its way.
 *
 * A network that is itself faster than the roofline raises it: the plain latency
 * shows that the runtime can do at least as much.
 *
 * @param pair The networks of the pair, in canonical form.
 */
export function overheadBound(
  roofline: Roofline,
  pair: Readonly<Record<Member, Network>>,
  { batch, precision, plainMs }: BoundedCase,
): OverheadBound {
  const bytesEach = bytesPerValue[precision];
  const perSecond = (work: number) => (1000 * work) / plainMs;
  const peakMacsPerSecond = Math.max(
    roofline.peakMacsPerSecond,
    perSecond(batch * countMacs(pair.plain)),
  );
  const bytesPerSecond = Math.max(
    roofline.bytesPerSecond,
    perSecond(bytesEach * countParameters(pair.plain)),
  );
  const steps = leastSeWork(pair.se, { batch, bytesPerValue: bytesEach }).flat();
  const sum = (of: (step: StepWork) => number) =>
    steps.reduce((total, step) => total + of(step), 0);
  const milliseconds =
    1000 * sum(({ macs, bytes }) => Math.max(macs / peakMacsPerSecond, bytes / bytesPerSecond));
  return {
    ratio: 1 + milliseconds / plainMs,
    milliseconds,
    macs: sum(({ macs }) => macs),
    bytes: sum(({ bytes }) => bytes),
    peakMacsPerSecond,
    bytesPerSecond,
  };
}
