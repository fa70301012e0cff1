import { temporaryFolder } from "@sebench/artifacts";
import { type JobHost, processHost, thisNode, type Watch } from "@sebench/hosts";
import {
  type AnswerTo,
  JobError,
  type MemoryReading,
  type OracleJob,
  type StartJob,
  type StartMeasurement,
  type StoredMember,
} from "@sebench/jobs";
import { median, type Member, members, compareLogits } from "@sebench/measure";
import type { PairDescription } from "@sebench/pairs";
import {
  type MemberStart,
  type MemoryMoment,
  memoryMoments,
  overStarts,
  type Speed,
  type StartRecord,
  startSteps,
} from "@sebench/results";
import type { EngineOptions } from "@sebench/runtime";
import type { CasePlan, NetworkPlan } from "../plan/case-plan.ts";
import { pairKey, targetKey } from "../plan/pair-key.ts";
import { deployed, type ProfileName } from "../plan/profile.ts";
import type { Ranges } from "./shared-answers.ts";

/**
 * The starts of each member that a profile makes where none are asked for. A start takes a second or
 * two on a native runtime, and several in a browser; on a software GPU it may take a minute.
 */
const usualStarts: Readonly<Record<ProfileName, Readonly<Record<Speed, number>>>> = {
  smoke: { native: 0, wasm: 0, javascript: 0, "software-gpu": 0 },
  quick: { native: 3, wasm: 3, javascript: 0, "software-gpu": 0 },
  full: { native: 5, wasm: 5, javascript: 5, "software-gpu": 1 },
};

/**
 * The network whose pair alone a profile starts on each runtime, as it has little time; where a
 * runtime does not measure it, its first pair is started.
 */
const startedAlone: Partial<Readonly<Record<ProfileName, string>>> = { quick: deployed };

/** The keys of the pairs that a profile starts, of those that `cases` measure. */
export function startedPairs(
  cases: readonly CasePlan[],
  profile: ProfileName,
): ReadonlySet<string> {
  const alone = startedAlone[profile];
  if (alone === undefined) return new Set(cases.map(pairKey));
  const chosen = new Map<string, CasePlan>();
  for (const plan of cases) {
    const target = targetKey(plan);
    if (!chosen.has(target) || (plan.network === alone && chosen.get(target)!.network !== alone)) {
      chosen.set(target, plan);
    }
  }
  return new Set([...chosen.values()].map(pairKey));
}

/** The number of starts of each member, and why there are none. */
export interface StartCount {
  readonly count: number;
  readonly reason: string;
}

/**
 * Chooses how often each member is started.
 *
 * @param asked the starts that were asked for, or null where the profile chooses
 * @param isStarted whether the pair is one of `startedPairs`
 */
export function startsOf(
  asked: number | null,
  profile: ProfileName,
  { speed, isStarted }: { readonly speed: Speed; readonly isStarted: boolean },
): StartCount {
  if (asked !== null) return { count: asked, reason: "--starts 0 makes none" };
  if (!isStarted) {
    return { count: 0, reason: `the profile ${profile} starts one pair of each runtime only` };
  }
  const what = speed === "software-gpu" ? " on a software GPU" : "";
  const count = usualStarts[profile][speed];
  return { count, reason: `the profile ${profile} makes no fresh starts${what}` };
}

/** The runs after the first answer, and the time in which they must fit, but for the least. */
const steadyRuns = { runs: 20, leastRuns: 5, budgetMs: 250 };

/** What the starts of a case are made of. */
export interface StartsAsked {
  readonly plan: NetworkPlan;
  readonly pair: PairDescription;
  readonly ranges: Ranges;
  readonly engine: EngineOptions;
  readonly host: JobHost;
  readonly oracle: AnswerTo<OracleJob>;
  /** The relative difference from the oracle's logits up to which an answer is right. */
  readonly tolerance: number;
  readonly starts: StartCount;
}

/** The starts of a run, which all forms of a pair on a runtime share. */
export class Starts {
  readonly #known = new Map<string, Promise<StartRecord>>();

  /** Makes the starts, unless another form of the pair has; only an interrupt is thrown. */
  of(asked: StartsAsked, watch: Watch): Promise<StartRecord> {
    const { runtime, host, network, imageSize, batch, precision } = asked.plan;
    const key = [runtime, host, network, imageSize, batch, precision].join(" ");
    const known = this.#known.get(key);
    if (known) return known;
    const record = recordStarts(asked, watch);
    this.#known.set(key, record);
    record.catch(() => this.#known.delete(key));
    return record;
  }
}

async function recordStarts(asked: StartsAsked, watch: Watch): Promise<StartRecord> {
  const { count, reason } = asked.starts;
  if (count === 0) return { ok: false, reason, remedy: "ask for them with --starts 3" };
  try {
    const starts = await makeStarts(asked, watch);
    const { lowering } = asked.plan;
    const [plain, se] = members.map((member) => memberStart(starts[member]));
    return { ok: true, lowering, fileCache: "warm", plain: plain!, se: se! };
  } catch (error) {
    watch.signal.throwIfAborted();
    const what = (error instanceof Error && error.message) || String(error);
    return { ok: false, reason: what, remedy: error instanceof JobError ? error.remedy : null };
  }
}

/** Stores both members, whose files are then warm in the system's cache, and starts them in turns. */
async function makeStarts(
  asked: StartsAsked,
  watch: Watch,
): Promise<Record<Member, StartMeasurement[]>> {
  const { plan, pair, ranges, engine, host } = asked;
  const { count } = asked.starts;
  const { runtime, lowering, batch, precision } = plan;
  await using temporary = await temporaryFolder("start");
  const { path: folder } = temporary;
  const session = { batch, precision, ranges };
  const stored = await processHost(thisNode).run(
    { kind: "store", runtime, engine, pair, lowering, session, folder },
    watch,
  );
  const starts: Record<Member, StartMeasurement[]> = { plain: [], se: [] };
  for (const [done, member] of turns(count).entries()) {
    watch.onProgress({ phase: "starts", done, total: members.length * count });
    const start = await host.run(startJob(asked, stored[member]), watch);
    requireRight(start, asked, member);
    starts[member].push(start);
  }
  return starts;
}

/** The members in the order of their starts, in which each is first as often as the other. */
function turns(count: number): Member[] {
  const pairs = Array.from({ length: count }, (_, index) =>
    index % 2 === 0 ? members : members.toReversed(),
  );
  return pairs.flat();
}

function startJob({ plan, engine }: StartsAsked, { files, inputShape }: StoredMember): StartJob {
  const request = { files, inputShape, ...steadyRuns };
  return { kind: "start", runtime: plan.runtime, engine, request };
}

/** Throws a `JobError` where the first answer or the last is not the oracle's. */
function requireRight(start: StartMeasurement, asked: StartsAsked, member: Member): void {
  const { logits, classes } = asked.oracle[member];
  for (const which of ["first", "last"] as const) {
    const given = start[which];
    const expected = logits.subarray(0, given.length);
    const { pass } = compareLogits(given, expected, { classes, tolerance: asked.tolerance });
    if (!pass) throw new JobError(`the ${which} answer of ${member} after a fresh start is wrong`);
  }
}

/** Joins the starts of a member, at least one. */
export function memberStart(starts: readonly StartMeasurement[]): MemberStart {
  const over = (read: (start: StartMeasurement) => number) => overStarts(starts.map(read));
  const sizes = (moments: readonly MemoryMoment[], field: keyof MemoryReading) => {
    const told = (moment: MemoryMoment) =>
      starts.every(({ memory }) => (memory[moment]?.[field] ?? null) !== null);
    if (!moments.every(told)) return null;
    return tableOf(moments, (moment) => over(({ memory }) => memory[moment]![field]!));
  };
  return {
    stepsMs: tableOf(startSteps, (step) => over(({ stepsMs }) => stepsMs[step])),
    firstAnswerMs: over(({ stepsMs }) => startSteps.reduce((sum, step) => sum + stepsMs[step], 0)),
    steadyMs: over(({ runsMs }) => median(runsMs)),
    runs: starts.map(({ runsMs }) => runsMs.length),
    residentBytes: sizes(memoryMoments, "residentBytes"),
    // Linux keeps no high-water mark of the proportional size.
    proportionalBytes: sizes(
      memoryMoments.filter((moment) => moment !== "peak"),
      "proportionalBytes",
    ),
    bytes: starts[0]!.bytes,
  };
}

function tableOf<Key extends string, Value>(
  keys: readonly Key[],
  read: (key: Key) => Value,
): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, read(key)])) as Record<Key, Value>;
}
