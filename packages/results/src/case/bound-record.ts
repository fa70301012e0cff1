import { z } from "zod";
import { count, divisor, latencyRatio, milliseconds } from "../record/quantity.ts";

const perSecond = divisor;

/** The least overhead that SE can have on a runtime and machine, and what it follows from. */
export const boundRecord = z.strictObject({
  /** The least ratio of SE's latency to plain's: 1.013 is an overhead of 1.3 %. */
  ratio: latencyRatio.min(1),
  /** The least that SE adds to the plain latency. */
  milliseconds,
  /** The fewest multiply-accumulates that SE adds to a run. */
  macs: count,
  /** The fewest bytes of parameters that SE adds to a run. */
  bytes: count,
  /** The runtime's fastest rate of computing here, with the case's threads and precision. */
  peakMacsPerSecond: perSecond,
  /**
   * The runtime's fastest rate here of reading as many parameters as the network has, with
   * the case's threads and precision.
   */
  bytesPerSecond: perSecond,
});
export type BoundRecord = z.infer<typeof boundRecord>;
