import type { Precision } from "../device.ts";
import type { EngineOptions, Host, Runtime } from "../runtime.ts";

/** A runtime under test. */
export interface ConformanceSubject {
  readonly runtime: Runtime;
  /** What executes the engine under test. Default `node`. */
  readonly host?: Host;
  readonly engineOptions: EngineOptions;
  /** The module that declares the runtime, which must load no engine. */
  readonly declaredIn: URL;
  /**
   * Whether every machine has the device. Where not, and the device is missing, the
   * engine's tests are skipped with `probe`'s reason. Default true.
   */
  readonly required?: boolean;
  /** The precision of the sessions under test. Default `fp32`. */
  readonly precision?: Precision;
  /** The largest error of the logits, relative to the oracle's largest logit. Default 1e-4, which suits fp32. */
  readonly tolerance?: number;
  /** The milliseconds that one test may take. Default 60000; a GPU in software needs more. */
  readonly timeoutMs?: number;
}
