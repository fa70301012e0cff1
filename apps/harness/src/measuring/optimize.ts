import { openTargets, optimizeModel, type OptimizeRequest, type RunOptions } from "@sebench/bench";
import { interruptible, readNumber, say } from "@sebench/cli";
import { parseInputSizes } from "@sebench/models";
import { parseRewriteNames, type RewriteName, rewriteNames } from "@sebench/models/passes";
import type { Optimization } from "@sebench/results";
import { InputError } from "@sebench/spec";
import { readRunOptions, type RunFlags } from "../flags/run-flags.ts";
import { terminalOptions } from "../words/terminal.ts";

/** The flags of `optimize`, as the command line gives them. */
interface OptimizeFlags extends Omit<RunFlags, "runtime" | "host" | "out" | "config"> {
  readonly runtime: string;
  readonly host?: string;
  readonly out: string;
  readonly input?: readonly string[];
  readonly passes?: readonly string[];
  readonly pass: readonly string[];
  readonly raceSeconds: string;
}

const interruptedCode = 130;

/** Makes a model faster on one runtime, prints what each pass gained, and gives the exit code. */
export async function optimize(path: string, flags: OptimizeFlags): Promise<number> {
  const request = readRequest(path, flags);
  // The sizes are of the file that is made faster, not of models that a run measures.
  const { runtime, host, input: _, ...others } = flags;
  const options = readRunOptions({
    ...others,
    runtime: [runtime],
    ...(host === undefined ? {} : { host: [host] }),
  });
  const { optimizationTable } = await import("@sebench/report");
  let found: Optimization | null = null;
  const interrupted = await interruptible(async (signal) => {
    found = await optimizeOn(options, request, signal);
  });
  if (interrupted) {
    say("Interrupted. No file was written.");
    return interruptedCode;
  }
  const told: Optimization = found!;
  console.log(
    flags.json ? JSON.stringify(told, null, 2) : `\n${optimizationTable(told, terminalOptions())}`,
  );
  return told.after === null ? 1 : 0;
}

async function optimizeOn(
  options: RunOptions,
  request: OptimizeRequest,
  signal: AbortSignal,
): Promise<Optimization> {
  await using opened = await openTargets(
    { ...options, targets: options.targets.slice(0, 1) },
    { signal, tell: say },
  );
  const [target] = opened.targets;
  const { availability, ...place } = target!;
  if (!availability.ok) {
    throw new InputError(`${place.runtime} is not available: ${availability.reason}`, {
      remedy: availability.remedy,
    });
  }
  const host = opened.hosts.of(place.host);
  return optimizeModel(request, { options, host, target: place, availability, signal, tell: say });
}

function readRequest(path: string, flags: OptimizeFlags): OptimizeRequest {
  return {
    path,
    out: flags.out,
    sizes: parseInputSizes(flags.input ?? []),
    passes: readPasses(flags),
    raceSeconds: readNumber("--race-seconds", flags.raceSeconds, {
      from: 0.1,
      to: 600,
      whole: false,
    }),
  };
}

/** The passes that are tried: those of --passes, or all, without those of --no-pass. */
function readPasses({ passes, pass }: OptimizeFlags): RewriteName[] {
  const left = new Set(parseRewriteNames(pass, "--no-pass"));
  const asked = passes === undefined ? rewriteNames : parseRewriteNames(passes, "--passes");
  const taken = asked.filter((name) => !left.has(name));
  if (taken.length > 0) return [...new Set(taken)];
  throw new InputError("--no-pass leaves no pass of those that are asked for", {
    remedy: "leave out --no-pass, or name others in --passes",
  });
}
