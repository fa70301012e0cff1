import type { PageFacts } from "@sebench/results";
import { watchedClockStep } from "./clock-step.ts";

/** What only some browsers tell. */
interface TellingNavigator {
  readonly deviceMemory?: number;
  readonly userAgentData?: {
    getHighEntropyValues(hints: readonly string[]): Promise<{ readonly model?: string }>;
  };
  getBattery?(): Promise<{ readonly charging: boolean; readonly level: number }>;
}

/** Finds out what this browser tells of itself and of its device, and takes its temperature. */
export async function findFacts(): Promise<PageFacts> {
  const telling = navigator as unknown as TellingNavigator;
  const battery = await telling.getBattery?.().catch(() => null);
  const hints = await telling.userAgentData?.getHighEntropyValues(["model"]).catch(() => null);
  return {
    agent: navigator.userAgent.slice(0, 400),
    model: hints?.model?.slice(0, 400) || null,
    coresTold: navigator.hardwareConcurrency ?? null,
    memoryGiBTold: telling.deviceMemory ?? null,
    secureContext: isSecureContext,
    crossOriginIsolated,
    sharedMemory: typeof SharedArrayBuffer !== "undefined",
    relaxedSimd: WebAssembly.validate(relaxedSwizzle),
    webgpu: "gpu" in navigator,
    clockStepMs: watchedClockStep(),
    sentinelMs: sentinel(),
    battery: battery ? { charging: battery.charging, level: battery.level } : null,
  };
}

/** A function of two `i8x16.splat` and an `i8x16.relaxed_swizzle`. */
// oxfmt-ignore
const relaxedSwizzle = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0,
  10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11,
]);

/** The runs of the sentinel, of which the fastest counts, and the additions of each. */
const sentinelRuns = 7;
const sentinelSteps = 6_000_000;

/**
 * The time of a fixed piece of integer arithmetic, which one core of any browser does alike, in
 * milliseconds. It rises where the device gets hot and its clock is lowered.
 */
function sentinel(): number {
  let fastestMs = Infinity;
  let state = 1;
  for (let run = 0; run < sentinelRuns; run++) {
    const beganMs = performance.now();
    for (let step = 0; step < sentinelSteps; step++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    }
    fastestMs = Math.min(fastestMs, performance.now() - beganMs);
  }
  // The state is used, so that no compiler leaves the work out.
  return state === 0 ? 0 : fastestMs;
}
