import type { Lack } from "./device.ts";

/** What a session's kernels took, or why the engine does not tell. */
export type Profile = KernelProfile | ({ readonly ok: false } & Lack);

/** What the kernels of some runs took. Each run has the same kernels. */
export interface KernelProfile {
  readonly ok: true;
  /**
   * The clock that timed the kernels. By the host's clock a kernel lasts until the
   * next one starts, so what the engine does between the two counts for the first;
   * where a GPU computes, these may be no more than the launches. By the GPU's clock
   * a time is that of the kernel alone.
   */
  readonly clock: "host" | "gpu";
  /** Milliseconds that each call of `run` took, the profiler included. */
  readonly runMs: readonly number[];
  /** The kernels, in the order in which they ran. */
  readonly kernels: readonly KernelTimes[];
}

/** What one kernel took in each run. */
export interface KernelTimes {
  /**
   * The engine's name of the node: a node of the network, perhaps with marks of the
   * engine's (`fused stage2/block0/excite/fc1`), or a node that the engine has added
   * (`ReorderInput_token_21`).
   */
  readonly node: string;
  /** The engine's name of the operator, such as `FusedConv`. */
  readonly op: string;
  /** The number of tensors that the kernel takes, its weights included, or null where the engine does not tell. */
  readonly inputs: number | null;
  /** Milliseconds that the kernel took in each run. */
  readonly ms: readonly number[];
}
