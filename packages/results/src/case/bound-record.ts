import { z } from "zod";
import { count, milliseconds } from "../record/quantity.ts";

const perSecond = z.number().positive();

/** The least overhead that SE can have on a runtime and machine, and what it follows from. */
export const boundRecord = z.strictObject({
  /** SE latency / plain latency at the least: 1.013 is an overhead of 1.3 %. */
  ratio: z.number().min(1),
  /** That SE adds to the plain latency at the least. */
  milliseconds,
  /** Multiply-accumulates that SE adds to a run at the least. */
  macs: count,
  /** Of parameters, likewise. */
  bytes: count,
  /** The runtime's fastest here, with the case's threads and precision. */
  peakMacsPerSecond: perSecond,
  /** Likewise, in reading as many parameters as the network has. */
  bytesPerSecond: perSecond,
});
export type BoundRecord = z.infer<typeof boundRecord>;
