import type { Lack, Session, StagedInput } from "./runtime.ts";

/** One that keeps a profile of its runs, which slows them. */
export interface ProfiledSession<Input extends StagedInput = StagedInput> extends Session<Input> {
  /**
   * Of all runs so far; later ones are in none. A value where the engine does not
   * tell what its kernels take.
   */
  endProfile(): Promise<Profile>;
}

export type Profile = KernelProfile | ({ readonly ok: false } & Lack);

/** What the kernels of some runs took. Each run has the same kernels. */
export interface KernelProfile {
  readonly ok: true;
  /**
   * Whose clock timed the kernels. By the host's, which may be no more than the
   * launches of a GPU's, a kernel lasts until the next one starts: what the engine
   * does between the two counts for the first. By the GPU's it is the kernel alone.
   */
  readonly clock: "host" | "gpu";
  /** Of each run, in milliseconds: what `run` is timed for, profiler included. */
  readonly runMs: readonly number[];
  /** In the order in which they ran. */
  readonly kernels: readonly KernelTimes[];
}

export interface KernelTimes {
  /**
   * As the engine names it: a node of the network, perhaps with marks of the
   * engine's (`fused stage2/block0/excite/fc1`), or one that the engine has added
   * (`ReorderInput_token_21`).
   */
  readonly node: string;
  /** The engine's operator: `FusedConv`. */
  readonly op: string;
  /** How many tensors it takes, its weights included; null where the engine does not tell. */
  readonly inputs: number | null;
  /** Of each run, in milliseconds. */
  readonly ms: readonly number[];
}
