import type { Attestation, Availability, Precision, Runtime } from "@sebench/runtime";
import type * as core from "@tensorflow/tfjs-core";
import type { Forms } from "../model/forms.ts";

/** The tfjs instance, which is passed in since backends register with it. */
export type Tfjs = typeof core;

/** The part of a runtime that differs between tfjs-node, tfjs in a page, and their backends. */
export interface TfjsBinding {
  readonly runtime: Pick<Runtime, "id" | "precisions">;
  /** The forms of operators that tfjs can have in more than one way, the fastest on this backend. */
  readonly forms: Forms;
  probe(): Promise<Availability>;
  /**
   * Starts tfjs with its backend registered, chosen, ready, and computing in the precision,
   * `fp32` by default. Rejects with the reason if that cannot be had.
   */
  start(precision?: Precision): Promise<Tfjs>;
  /**
   * Throws if the device is gone, such as a WebGL context that was lost. A session calls
   * this after each run, failed or not, since values read from a lost device are not the
   * network's output.
   */
  requireAlive(): void;
  /** Judges what the backend and the kernels of a run prove, with what else the binding knows. */
  judge(run: ProfiledRun): Promise<Attestation>;
}

/** A run that is watched with `tf.profile`, after timing. */
export interface ProfiledRun {
  /** The name that tfjs has for the backend: `tensorflow`, `cpu`, `wasm`, `webgl`, `webgpu`. */
  readonly backend: string;
  /** The number of times that each kernel ran: `{ FusedConv2D: 19, ... }`. */
  readonly kernels: Readonly<Record<string, number>>;
  /** The forms of a network's operators; left out of a file, whose operators are its own. */
  readonly forms?: Forms;
  readonly precision: Precision;
}
