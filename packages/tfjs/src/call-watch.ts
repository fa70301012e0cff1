import type { Tfjs } from "./binding.ts";

/** A run and what its calls took, in milliseconds. */
interface WatchedRun {
  readonly logits: Float32Array;
  readonly runMs: number;
  readonly callMs: readonly number[];
}

/** Makes a run and watches its calls. @param run given what to call before each call and after the last */
export type CallWatch = (
  run: (onCall?: () => void) => Promise<Float32Array>,
) => Promise<WatchedRun>;

/**
 * Where a call returns when its kernel is done, as on a CPU, a clock around it is
 * what `tf.profile` itself times it by (`backend.time`), without the bookkeeping
 * that comes with that. A call lasts until the next one starts.
 */
export const hostWatch: CallWatch = async (run) => {
  const startsMs: number[] = [];
  const began = performance.now();
  const logits = await run(() => startsMs.push(performance.now()));
  const runMs = performance.now() - began;
  const callMs = startsMs.slice(1).map((end, call) => end - startsMs[call]!);
  return { logits, runMs, callMs };
};

/** By the GPU's own timers, which `tf.profile` asks. */
export function gpuWatch(tf: Tfjs): CallWatch {
  return async (run) => {
    // Else it would also look for NaN in what each kernel gives.
    tf.env().set("CHECK_COMPUTATION_FOR_ERRORS", false);
    let logits: Float32Array = new Float32Array();
    let runMs = 0;
    const { kernels } = await tf.profile(async () => {
      const began = performance.now();
      logits = await run();
      // The timers are read after it.
      runMs = performance.now() - began;
      return [];
    });
    const callMs = kernels.map(({ kernelTimeMs }) =>
      typeof kernelTimeMs === "number" ? kernelTimeMs : Number.NaN,
    );
    return { logits, runMs, callMs };
  };
}
