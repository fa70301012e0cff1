/** Why a wish to do without TF32 is not known to be met; null where it is, or where there is none. */
export function doubtTf32(asked: boolean | undefined, mayRound: boolean): string | null {
  if (asked !== false || !mayRound) return null;
  return "TF32 was to be off, and this process was started without NVIDIA_TF32_OVERRIDE=0";
}
