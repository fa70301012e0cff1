import { JobError } from "../host.ts";
import type { Inference } from "./infer-images.ts";

/** Throws a `JobError` unless the attestation shows that the device did the work. */
export function requireProven({ attestation: { proven, reason } }: Inference): void {
  if (!proven) throw new JobError(`the device is not proven: ${reason}`);
}
