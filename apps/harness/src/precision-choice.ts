import type { Precision, RuntimeId } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { runtimeOf, runtimes, type Target } from "./runtimes.ts";

/** Of the precisions asked for, those that the runtime has. */
export function precisionsOn(
  runtime: RuntimeId,
  asked: readonly Precision[],
): readonly Precision[] {
  return asked.filter((precision) => runtimeOf(runtime).precisions.includes(precision));
}

/**
 * A precision that only some runtimes have is measured on those. Throws an
 * `InputError` where none of them has it, or one that `--runtime` names has not.
 */
export function requirePrecisions(
  targets: readonly Target[],
  asked: readonly Precision[],
  { named }: { readonly named: boolean },
): void {
  const ids = [...new Set(targets.map(({ runtime }) => runtime))];
  for (const precision of asked) {
    const without = ids.filter((id) => precisionsOn(id, [precision]).length === 0);
    if (without.length === 0 || (without.length < ids.length && !named)) continue;
    const owners = runtimes.filter(({ precisions }) => precisions.includes(precision));
    const verb = without.length === 1 ? "has" : "have";
    throw new InputError(`${without.join(", ")} ${verb} no precision ${precision}`, {
      remedy: `choose --runtime from ${owners.map(({ id }) => id).join(", ")}, or another --precision`,
    });
  }
}
