import { runtimeOf, defaultHosts, optionalHosts, runtimes, type Target } from "@sebench/hosts";
import type { Precision, RuntimeId } from "@sebench/runtime";
import { InputError } from "@sebench/spec";

/** The precisions that the runtime has, of those that are asked for. */
export function precisionsOn(
  runtime: RuntimeId,
  asked: readonly Precision[],
): readonly Precision[] {
  return asked.filter((precision) => runtimeOf(runtime).precisions.includes(precision));
}

/**
 * Selects the runtimes and hosts that are asked for, in the order of the table. A null stands for
 * all runtimes, or for the default hosts. Throws an `InputError` for an unknown name, and for a
 * runtime that does not run on the host.
 */
export function selectTargets(
  ids: readonly string[] | null,
  hostNames: readonly string[] | null,
): Target[] {
  requireKnown(
    "--runtime",
    ids,
    runtimes.map(({ id }) => id),
  );
  const named = hostNames?.map((name) => otherNames[name] ?? name) ?? null;
  requireKnown("--host", named, [...defaultHosts, ...optionalHosts]);
  const asked: readonly string[] = named ?? defaultHosts;
  const targets = runtimes
    .filter(({ id }) => ids === null || ids.includes(id))
    .flatMap(({ id, hosts: its }) => its.map((host) => ({ runtime: id, host })))
    .filter(({ host }) => asked.includes(host));
  if (targets.length > 0) return targets;
  throw new InputError(`none of ${ids?.join(", ")} runs on ${asked.join(", ")}`, {
    remedy: "see `pnpm bench list` for the hosts of each runtime",
  });
}

/** Other names of hosts on the command line. */
const otherNames: Readonly<Record<string, string>> = { webkit: "webkitgtk" };

function requireKnown(flag: string, asked: readonly string[] | null, known: readonly string[]) {
  const unknown = asked?.find((each) => !known.includes(each));
  if (unknown === undefined) return;
  throw new InputError(`${flag} does not know "${unknown}"`, {
    remedy: `choose from ${known.join(", ")}`,
  });
}

/**
 * Requires runtimes for the precisions that are asked for; a precision that only some runtimes have
 * is measured on those. Throws an `InputError` where no runtime has a precision, or where one that
 * `--runtime` names lacks it.
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
