import type { Precision } from "../device.ts";
import type { EngineOptions, Host, Runtime } from "../runtime.ts";

/** A runtime under test. */
export interface ConformanceSubject {
  readonly runtime: Runtime;
  /** The host that executes the engine under test. The default is `node`. */
  readonly host?: Host;
  readonly engineOptions: EngineOptions;
  /** The module that declares the runtime, which must load no engine. */
  readonly declaredIn: URL;
  /**
   * Whether every machine has the device. Where the device is not required and is missing, the
   * engine's tests are skipped with `probe`'s reason. The default is true.
   */
  readonly required?: boolean;
  /** The precision of the sessions under test. The default is `fp32`. */
  readonly precision?: Precision;
  /**
   * The largest error of the logits, relative to the oracle's largest logit. The default, 1e-4,
   * suits fp32.
   */
  readonly tolerance?: number;
  /**
   * The milliseconds that one test may take. The default is 60000; a GPU in software needs more.
   */
  readonly timeoutMs?: number;
}
