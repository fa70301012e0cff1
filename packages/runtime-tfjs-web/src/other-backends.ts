import type { ProfiledRun } from "@sebench/tfjs";

/**
 * Why it is not proven that one backend ran every kernel of a run; null where it is.
 *
 * @param registered the backends that the page's tfjs has: where there is only
 *   one, there is none that a kernel could fall back to
 */
export function notOnlyOn(
  asked: string,
  { backend, kernels }: Pick<ProfiledRun, "backend" | "kernels">,
  registered: readonly string[],
): string | null {
  if (backend !== asked) return `tfjs computed on its backend ${backend}, not on ${asked}`;
  const others = registered.filter((name) => name !== asked);
  if (others.length > 0) return `kernels may have run on ${others.join(", ")}, which is there, too`;
  return Object.keys(kernels).length === 0 ? "the profile shows no kernel at all" : null;
}
