import type { Attestation, Availability, Precision, Runtime } from "@sebench/runtime";
import type * as core from "@tensorflow/tfjs-core";
import type { Forms } from "./forms.ts";

/** The tfjs instance, passed in: its backends register with it. */
export type Tfjs = typeof core;

/** What differs between tfjs-node, tfjs in a page, and their backends. */
export interface TfjsBinding {
  readonly runtime: Pick<Runtime, "id" | "precisions">;
  /** How operators that tfjs lacks are written: the fastest on this backend. */
  readonly forms: Forms;
  probe(): Promise<Availability>;
  /**
   * tfjs with its backend registered, chosen, ready, and computing in the precision,
   * `fp32` by default. Rejects, saying why, where it cannot be had.
   */
  start(precision?: Precision): Promise<Tfjs>;
  /**
   * Throws where the device is gone, such as a WebGL context that was lost: called
   * after each run, failed or not, since what is then read back is not the
   * network's output.
   */
  requireAlive(): void;
  /** What the backend and the kernels that a run used prove, with what else this binding knows. */
  judge(run: ProfiledRun): Promise<Attestation>;
}

/** One run, watched after timing with `tf.profile`. */
export interface ProfiledRun {
  /** As tfjs names it: `tensorflow`, `cpu`, `wasm`, `webgl`, `webgpu`. */
  readonly backend: string;
  /** How often each kernel ran: `{ FusedConv2D: 19, ... }`. */
  readonly kernels: Readonly<Record<string, number>>;
  readonly forms: Forms;
  readonly precision: Precision;
}
