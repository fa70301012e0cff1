import type { JobHost, Watch } from "@sebench/hosts";
import { JobError, type RaceJob } from "@sebench/jobs";
import type { LeftOut } from "@sebench/lowering";
import {
  attributeDifferences,
  type Differing,
  differing,
  type DifferingRounds,
  type RaceMeasurement,
} from "@sebench/measure";
import { type DifferencesRecord, differencesVersion } from "@sebench/results";
import type { RuntimeId } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { requireProven } from "../case/case-job.ts";
import { lackOfModel, planModels } from "../models/plan-models.ts";
import type { FedModel } from "../models/feed-models.ts";
import { engineOptionsOf, type RunOptions } from "../plan/options.ts";
import { defaultSeed, profiles } from "../plan/profile.ts";
import type { Subject } from "../run/subject.ts";
import { explainedBy, networkPair } from "./explain-on.ts";

/** The reason why an engine tells nothing of its kernels, or null for one that does. */
export function lackOfKernels(runtime: RuntimeId): string | null {
  return runtime.startsWith("litert-web/") ? "LiteRT.js tells no times of its operators" : null;
}

/** The steps that each network is left without, or null for a network that is whole. */
const leftOutOf: Readonly<Record<Differing, LeftOut | null>> = {
  plain: null,
  se: null,
  "without squeeze": "squeeze",
  "without excite": "excite",
  "scale alone": "squeeze+excite",
};

const mostReplicas = 12;
/** The fewest rounds of a replica, of whose differences a trimmed mean cuts one off at each end. */
const fewestRounds = 5;
const mostRounds = 1000;
/** A visit lasts as long as a few runs of a small network, so that there are many rounds. */
const visitMs = 20;

/** The most time that a replica takes beyond its budget where `--timeout` is not given, in seconds. */
const usualGrace = 300;

/**
 * Takes the overhead of a network apart on an engine that tells nothing of its kernels, by networks
 * that are left without a step of SE and race beside it. Each replica is a process or browser of
 * its own. Throws a `JobError` where that fails.
 *
 * @param fed the model that was named, which is refused: a file has no steps that can be told apart
 */
export async function explainByDifferences(
  options: RunOptions,
  { target, host, answering }: Subject,
  fed: FedModel | null,
  { signal, started }: Pick<Watch, "signal"> & { readonly started: string },
): Promise<DifferencesRecord> {
  const reason = lackOfKernels(target.runtime)!;
  if (fed !== null) refuseModel(options, { target }, fed, reason);
  const { plan, members, weights } = await networkPair(options, target, {
    ...profiles.quick,
    bestKnown: [],
  });
  if (members.kind === "files" || plan.model !== null) throw new JobError("files are not raced");
  const seed = options.seed ?? defaultSeed;
  const job = (replica: number): RaceJob => ({
    kind: "race",
    runtime: plan.runtime,
    engine: engineOptionsOf(options),
    members: {
      kind: "networks",
      pair: members.pair,
      entrants: differing.map((name) => ({
        member: name === "plain" ? "plain" : "se",
        lowering: plan.lowering,
        ranges: {},
        ...(leftOutOf[name] !== null && { leftOut: leftOutOf[name] }),
      })),
    },
    race: {
      batch: plan.batch,
      precision: plan.precision,
      seed: seed + replica,
      minRounds: Math.max(fewestRounds, plan.pace.minRounds),
      maxRounds: mostRounds,
      budgetMs: (1000 * plan.seconds) / (2 * plan.replicas.min),
      budgetByPreparing: 0,
      visitMs,
      tolerance: 0,
      expected: null,
      attest: true,
    },
  });
  const timeoutMs = 1000 * (options.timeoutSeconds ?? plan.seconds + usualGrace);
  const watch: Watch = { signal, timeoutMs, onProgress: () => {} };
  const measured = await raceReplicas(host, job, watch, plan);
  const replicas = measured.map(roundsOf);
  const { overhead, ...differences } = attributeDifferences(replicas);
  const [plainProof, seProof] = measured.at(-1)!.entrants.map(proofOf);
  return {
    schema: differencesVersion,
    ...(await explainedBy(plan, answering, started)),
    weights,
    attestation: { plain: plainProof!, se: seProof! },
    replicas: replicas.length,
    rounds: replicas.reduce((sum, { se }) => sum + se.length, 0),
    reason,
    ...differences,
    overhead: { ratio: overhead.ratio, interval: overhead.interval },
  };
}

/** Refuses a model's file, with the reason that it has of its own where it has one. */
function refuseModel(
  options: RunOptions,
  { target }: Pick<Subject, "target">,
  fed: FedModel,
  reason: string,
): never {
  const [plan] = planModels([target], profiles.quick, [fed], options.selection.seconds);
  const lack = lackOfModel(plan!);
  if (lack !== null) throw new InputError(lack.reason, { remedy: lack.remedy });
  throw new InputError(
    `${reason}, and the steps of SE in ${fed.model.name} cannot be left out one by one, ` +
      "which explain does for networks of its own",
    { remedy: "bench run --model measures its overhead as a whole" },
  );
}

async function raceReplicas(
  host: JobHost,
  job: (replica: number) => RaceJob,
  watch: Watch,
  plan: { readonly seconds: number; readonly replicas: { readonly min: number } },
): Promise<RaceMeasurement[]> {
  const startedMs = performance.now();
  const measured: RaceMeasurement[] = [];
  for (;;) {
    measured.push(await host.run(job(measured.length), watch));
    const spent = performance.now() - startedMs >= 1000 * plan.seconds;
    if (measured.length >= mostReplicas || (spent && measured.length >= plan.replicas.min)) {
      return measured;
    }
  }
}

function roundsOf({ entrants }: RaceMeasurement): DifferingRounds {
  const rounds = differing.map((name, at) => {
    const raced = entrants[at]!;
    if (raced.ok) return [name, raced.mediansMs] as const;
    throw new JobError(
      `the network ${leftOutOf[name] ? `"${name}"` : name} did not run: ${raced.reason}`,
    );
  });
  return Object.fromEntries(rounds) as unknown as DifferingRounds;
}

function proofOf(raced: RaceMeasurement["entrants"][number]) {
  if (!raced.ok || raced.attestation === undefined) throw new JobError("no device is proven");
  requireProven([raced.attestation]);
  return { ...raced.attestation, proven: true, reason: null } as const;
}
