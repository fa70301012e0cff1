import type { JobHost } from "@sebench/hosts";
import { JobError } from "@sebench/jobs";
import { median, overheadOfRounds, pairedLogRatios } from "@sebench/measure";
import { rewriteNames } from "@sebench/models/passes";
import type { Tuning } from "@sebench/results";
import type { Availability } from "@sebench/runtime";
import type { FedModel } from "../models/feed-models.ts";
import { lackOfModel } from "../models/plan-models.ts";
import type { ModelPlan } from "../plan/case-plan.ts";
import type { RunOptions } from "../plan/options.ts";
import { raceAll } from "./file-race.ts";
import { tryPasses } from "./try-passes.ts";
import { openWorkshop, type Workshop } from "./workshop.ts";

interface TuneContext {
  readonly options: RunOptions;
  readonly host: JobHost;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** Takes what became of each pass, in words. */
  readonly tell: (line: string) => void;
}

/** The last races, each with all files prepared anew. */
const lastRaces = 3;

/** The most races that a budget is for: two of each pass, and the last ones. */
const mostRaces = 2 * rewriteNames.length + lastRaces;

/**
 * Finds the passes that make a model faster on a runtime, and says what SE costs in the file as it is
 * and in the one that is left, both against the twin of the file as it is.
 *
 * @throws JobError where the runtime cannot race the model, or the model has no twin
 */
export async function tuneModel(
  { options, host, seed, signal, tell }: TuneContext,
  plan: ModelPlan,
  fed: FedModel,
  { version }: Extract<Availability, { ok: true }>,
): Promise<Tuning> {
  const { runtime, network, imageSize, batch, precision, seconds } = plan;
  const lack = lackOfModel(plan);
  if (lack !== null) throw new JobError(lack.reason, { remedy: lack.remedy });
  const { plain, name } = fed.model;
  if (plain === null) {
    throw new JobError(`${name} has no SE that can be cut out, so no form of it is faster`, {
      remedy: "bench optimize rewrites what else there is",
    });
  }
  const raceSeconds = seconds / mostRaces;
  await using workshop = await openWorkshop(fed, {
    options,
    host,
    runtime,
    seed,
    signal,
    raceSeconds,
  });
  const passes = rewriteNames.filter((pass) => pass !== "fixed-sizes");
  const tried = await tryPasses(workshop, { passes, sizes: new Map(), tell });
  const kept = tried.passes.flatMap(({ pass, outcome }) => (outcome === "kept" ? [pass] : []));
  const files = [
    plain.file,
    workshop.untouched.file,
    ...(kept.length > 0 ? [tried.best.file] : []),
  ];
  const finale = await finaleOf(workshop, files);
  const isSlower = finale.gain.ratio > 1;
  const naive = plan.lowering;
  return {
    runtime,
    host: plan.host,
    network,
    imageSize,
    batch,
    precision,
    threads: options.threads,
    engineVersion: version,
    hostVersion: host.version,
    tuned: new Date().toISOString(),
    seed,
    seconds,
    naive,
    lowering: kept.length === 0 || isSlower ? naive : kept.join("+"),
    plainMs: finale.plainMs,
    overhead: { naive: finale.naive, tuned: isSlower ? finale.naive : finale.tuned },
    gain: isSlower ? { ratio: 1, interval: [1, 1] } : finale.gain,
  };
}

/** What the last races say, from sessions by which nothing was chosen. */
type Finale = Tuning["overhead"] & Pick<Tuning, "gain" | "plainMs">;

/** Races the twin, the file as it is and the one that is left. */
async function finaleOf(
  { races }: Workshop,
  files: Parameters<typeof raceAll>[1],
): Promise<Finale> {
  const replicas: (readonly (readonly number[])[])[] = [];
  for (let count = 0; count < lastRaces; count++) {
    const raced = await raceAll(races, files, 1000 + count, { isTwinFirst: true });
    if (!raced.ok) throw new JobError(raced.reason);
    replicas.push(raced.mediansMs);
  }
  const last = files.length - 1;
  const between = (one: number, other: number): Tuning["gain"] => {
    const rounds = replicas.map((medians) => pairedLogRatios(medians[one]!, medians[other]!));
    const { ratio, interval } = overheadOfRounds(rounds);
    return { ratio, interval };
  };
  return {
    naive: between(1, 0),
    tuned: between(last, 0),
    gain: between(last, 1),
    plainMs: median(replicas.flatMap(([plain]) => plain!)),
  };
}
