import { unmetTf32Wish } from "@sebench/hardware";
import { notOnlyOn, type ProfileSummary } from "@sebench/onnxruntime";

/** What an attestation of an NVIDIA device rests on. */
export interface NvidiaObservation {
  readonly profile: ProfileSummary;
  /** Version of NVIDIA's driver library in this process; null where it is not loaded. */
  readonly driver: string | null;
  /** Whether NVIDIA's libraries may have rounded to TF32. */
  readonly tf32: boolean;
}

/** Why it is not proven that `provider` did all the work as it was asked to; null where it is. */
export function doubtNvidia(
  provider: string,
  { profile, driver, tf32 }: NvidiaObservation,
  asked: { readonly tf32?: boolean },
): string | null {
  const elsewhere = notOnlyOn(provider, profile);
  if (elsewhere !== null) return elsewhere;
  if (driver === null) return "NVIDIA's driver, libcuda.so, is not in the process";
  return unmetTf32Wish(asked, tf32);
}
