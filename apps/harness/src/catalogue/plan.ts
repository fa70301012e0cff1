import { type CasePlan, planCases, type ProbedTarget, profiles, withTunings } from "@sebench/bench";
import { readNumber, takeShard } from "@sebench/cli";
import type { Target } from "@sebench/hosts";
import { shellQuoted } from "@sebench/spec";
import { readRunOptions, type RunFlags } from "../flags/run-flags.ts";
import { assumedSetup, formatSeconds } from "../words/progress.ts";

export type PlanFlags = Pick<
  RunFlags,
  | "profile"
  | "runtime"
  | "host"
  | "network"
  | "networkSet"
  | "batch"
  | "size"
  | "precision"
  | "lowering"
  | "budget"
  | "seed"
> & { readonly shards?: string; readonly json?: boolean };

/** A part of a run that one machine takes. */
interface Part {
  readonly name: string;
  /** The flags with which `bench run` takes this part. */
  readonly flags: Flags;
  readonly cases: readonly CasePlan[];
}

/** A job of a matrix, as GitHub Actions takes it. */
interface PlannedJob {
  readonly name: string;
  /** The arguments of `bench run` on the machine that takes this job. */
  readonly arguments: string;
  readonly cases: number;
  /** The seconds that the job roughly takes, if all runtimes are available. */
  readonly seconds: number;
}

type Flags = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Prints what each of several machines would run, as the matrix of a GitHub Actions job. No runtime
 * is probed: each is assumed to be available.
 */
export async function plan(flags: PlanFlags): Promise<void> {
  const options = await withTunings(readRunOptions({ ...flags, port: "0", fetch: false }));
  const profile = profiles[options.profile ?? "quick"];
  const cases = planCases(options.targets.map(assumeThere), profile, options.selection);
  const parts =
    flags.shards === undefined
      ? byTarget(options.targets, cases, flags)
      : byShard(readNumber("--shards", flags.shards, { from: 1, to: cases.length }), cases, flags);
  const jobs = parts.map((part) => jobOf(part, flags));
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

/**
 * A part for each target that has a case, in those of the requested precisions that the target has.
 */
function byTarget(
  targets: readonly Target[],
  cases: readonly CasePlan[],
  { precision }: PlanFlags,
): Part[] {
  return targets.flatMap(({ runtime, host }) => {
    const own = cases.filter((each) => each.runtime === runtime && each.host === host);
    const flags = {
      runtime,
      host,
      ...(precision === undefined ? {} : { precision: precisionsOf(own) }),
    };
    return own.length === 0 ? [] : [{ name: `${runtime} on ${host}`, flags, cases: own }];
  });
}

function precisionsOf(cases: readonly CasePlan[]): string[] {
  return [...new Set(cases.map(({ precision }) => precision))];
}

function byShard(of: number, cases: readonly CasePlan[], { runtime, host }: PlanFlags): Part[] {
  return Array.from({ length: of }, (_, index) => ({
    name: `shard ${index + 1} of ${of}`,
    flags: { shard: `${index + 1}/${of}`, runtime, host },
    cases: takeShard(cases, { index: index + 1, of }),
  }));
}

function jobOf({ name, flags, cases }: Part, asked: PlanFlags): PlannedJob {
  const { profile, network, networkSet, batch, size, precision, lowering, budget, seed } = asked;
  const networks = { network, "network-set": networkSet };
  const common = { profile, ...networks, batch, size, lowering, budget, seed };
  return {
    name,
    arguments: argumentsOf({ precision, ...flags, ...common }),
    cases: cases.length,
    seconds: cases.reduce((sum, { seconds }) => sum + seconds + assumedSetup, 0),
  };
}

/** The flags as a shell takes them; a network's braces are quoted. */
function argumentsOf(flags: Flags): string {
  return Object.entries(flags)
    .flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [`--${name} ${shellQuoted(typeof value === "string" ? value : value.join(","))}`];
    })
    .join(" ");
}
