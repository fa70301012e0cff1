import { z } from "zod";
import { count, milliseconds, words } from "../record/quantity.ts";

/** A text of a browser's, which may be anybody's, and so has an end. */
const told = words.max(400);

/**
 * What a page tells of its browser, where the page drives itself. What a browser does not tell is
 * null, and what it may have made up says so.
 */
export const pageFacts = z.strictObject({
  /** The browser's own description of itself (`navigator.userAgent`). */
  agent: told,
  /** The device's model, where the browser's client hints name it. */
  model: told.nullable(),
  /** The cores that the browser tells, which WebKit makes up and others may round. */
  coresTold: count.nullable(),
  /** The memory that the browser tells, in GiB, rounded and with an upper limit. */
  memoryGiBTold: z.number().min(0).nullable(),
  secureContext: z.boolean(),
  crossOriginIsolated: z.boolean(),
  /** Whether there is memory that threads share, without which an engine has one thread. */
  sharedMemory: z.boolean(),
  relaxedSimd: z.boolean(),
  webgpu: z.boolean(),
  /** The smallest step of the page's clock that was seen. */
  clockStepMs: milliseconds,
  /**
   * The time of a fixed piece of arithmetic, taken when the page was loaded: the device's thermometer.
   */
  sentinelMs: milliseconds,
  /** The battery, where the browser tells. */
  battery: z.strictObject({ charging: z.boolean(), level: z.number().min(0).max(1) }).nullable(),
});
export type PageFacts = z.infer<typeof pageFacts>;
