import type { EngineOptions, Host, Precision, Runtime } from "../runtime.ts";

/** A runtime under test. */
export interface ConformanceSubject {
  readonly runtime: Runtime;
  /** Where the engine under test runs. Default `node`. */
  readonly host?: Host;
  readonly engineOptions: EngineOptions;
  /** The module that declares it, which must load no engine. */
  readonly declaredIn: URL;
  /**
   * False for a device that a machine may lack: its engine's tests are then
   * skipped, with `probe`'s reason. Default true.
   */
  readonly required?: boolean;
  /** Of the sessions. Default `fp32`. */
  readonly precision?: Precision;
  /** How far logits may be from the oracle's, relative to its largest. Default 1e-4, for fp32. */
  readonly tolerance?: number;
  /** Of one test. Default 60000; a software GPU needs more. */
  readonly timeoutMs?: number;
}
