import type { LoweringName } from "@sebench/lowering";
import { describeMachine, readTuning, type TunedCase, tuningOf } from "@sebench/results";
import { InputError, shellQuoted } from "@sebench/spec";
import { tunedWord } from "./case-plan.ts";
import type { RunOptions } from "./options.ts";

/**
 * The folder of what was tuned, unless `--out` names another; it has a file for each machine key.
 */
export const tuningDirectory = "results/tuning";

/**
 * Adds the recipes that were tuned on this machine to the options, where `--lowering tuned` asks
 * for them.
 */
export async function withTunings(options: RunOptions): Promise<RunOptions> {
  const { selection, threads } = options;
  if (!selection.lowerings?.includes(tunedWord)) return options;
  const lookUp = await readTunings();
  return {
    ...options,
    selection: { ...selection, tuned: (of) => lookUp({ ...of, threads }) },
  };
}

/** Reads all that was tuned on this machine, which is a recipe for each case. */
export async function readTunings(
  directory: string = tuningDirectory,
): Promise<(of: TunedCase) => LoweringName> {
  const { key } = await describeMachine();
  const record = await readTuning(directory, key);
  return (of) => {
    const tuning = tuningOf(record, of);
    if (tuning) return tuning.lowering;
    throw new InputError(`nothing was tuned on this machine for ${describeCase(of)}`, {
      remedy: `run it once: pnpm bench tune ${flagsOf(of)}`,
    });
  };
}

function describeCase(of: TunedCase): string {
  const { runtime, host, network, imageSize, batch, precision, threads } = of;
  const place = `${runtime} on ${host}${threads === null ? "" : ` with --threads ${threads}`}`;
  return `${network} at ${imageSize} px, batch ${batch}, ${precision}, on ${place}`;
}

/** The flags that select a tuned case, quoted as a shell needs them. */
function flagsOf(of: TunedCase): string {
  const { runtime, host, network, imageSize, batch, precision, threads } = of;
  const flags: readonly (readonly [string, string])[] = [
    ["runtime", runtime],
    ["host", host],
    ["network", network],
    ["size", String(imageSize)],
    ["batch", String(batch)],
    ["precision", precision],
    ...(threads === null ? [] : [["threads", String(threads)] as const]),
  ];
  return flags.map(([name, value]) => `--${name} ${shellQuoted(value)}`).join(" ");
}
