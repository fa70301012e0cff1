import type { ProbedTarget } from "../plan.ts";
import { planCases, takeShard } from "../plan.ts";
import { readNumber } from "../number-option.ts";
import { profiles } from "../profile.ts";
import { assumedSetup, formatSeconds } from "../progress.ts";
import { readRunOptions, type RunFlags } from "../run-options.ts";
import type { Target } from "../runtimes.ts";

export type PlanFlags = Pick<
  RunFlags,
  "profile" | "runtime" | "host" | "network" | "batch" | "size" | "precision" | "budget" | "seed"
> & { readonly shards?: string; readonly json?: boolean };

/** A job of a matrix: a part of the run that one machine takes. */
interface PlannedJob {
  readonly name: string;
  /** What to give to `bench run` on that machine. */
  readonly arguments: string;
  readonly cases: number;
  /** Roughly, if all of it is there. */
  readonly seconds: number;
}

/**
 * Prints what each of several machines would run, as the matrix of a GitHub
 * Actions job. Nothing is probed: every runtime is taken to be there.
 */
export function plan(flags: PlanFlags): void {
  const options = readRunOptions({ ...flags, port: "0", fetch: false });
  const profile = profiles[options.profile ?? "quick"];
  const cases = planCases(options.targets.map(assumeThere), profile, options.selection);
  const common = commonArguments(flags);
  const secondsOf = (part: typeof cases) =>
    part.reduce((sum, { seconds }) => sum + seconds + assumedSetup, 0);
  const jobs: PlannedJob[] =
    flags.shards === undefined
      ? options.targets.map(({ runtime, host }) => {
          const part = cases.filter((each) => each.runtime === runtime && each.host === host);
          return {
            name: `${runtime} on ${host}`,
            arguments: [`--runtime ${runtime} --host ${host}`, ...common].join(" "),
            cases: part.length,
            seconds: secondsOf(part),
          };
        })
      : shardJobs(readNumber("--shards", flags.shards, { from: 1, to: cases.length }), flags).map(
          ({ index, of, given }) => {
            const part = takeShard(cases, { index, of });
            return {
              name: `shard ${index} of ${of}`,
              arguments: [`--shard ${index}/${of}`, ...given, ...common].join(" "),
              cases: part.length,
              seconds: secondsOf(part),
            };
          },
        );
  if (flags.json) {
    console.log(JSON.stringify({ include: jobs }));
    return;
  }
  for (const job of jobs) {
    console.log(`${job.name}: ${job.cases} cases, about ${formatSeconds(job.seconds)}`);
    console.log(`  bench run ${job.arguments}`);
  }
}

function assumeThere(target: Target): ProbedTarget {
  const device = { name: "assumed", details: {} };
  return { ...target, availability: { ok: true, version: "assumed", device, software: false } };
}

function shardJobs(of: number, flags: PlanFlags) {
  const given = argumentsOf({ runtime: flags.runtime, host: flags.host });
  return Array.from({ length: of }, (_, index) => ({ index: index + 1, of, given }));
}

function commonArguments(flags: PlanFlags): string[] {
  const { profile, network, batch, size, precision, budget, seed } = flags;
  return argumentsOf({ profile, network, batch, size, precision, budget, seed });
}

/** As a shell takes them: a network's braces are quoted. */
function argumentsOf(flags: Readonly<Record<string, string | readonly string[] | undefined>>) {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = typeof value === "string" ? value : value.join(",");
    return [`--${name} ${/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text}'`}`];
  });
}
