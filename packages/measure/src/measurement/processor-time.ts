import { ascending, median, quantile } from "../statistics/quantile.ts";
import { mean } from "../statistics/trimmed-mean.ts";
import { type Member, members } from "./measurement.ts";
import { type OverheadEstimate, overheadOfRounds, type PairedRounds } from "./overhead.ts";

/** The rounds of a replica with the processor time of a run in each. */
interface TimedRounds extends PairedRounds {
  readonly members: Readonly<
    Record<
      Member,
      PairedRounds["members"][Member] & { readonly processorMs: readonly number[] | null }
    >
  >;
}

/** What the processor time of a case's processes says of its rounds. */
export interface ProcessorTime {
  /**
   * The least difference between the processor times of two visits of a replica, for one run and in
   * milliseconds: the step of a clock that counts in ticks, and next to nothing where the system
   * counts finely.
   */
  readonly stepMs: number;
  /** The processor time of a run of each member, by replica and round, in milliseconds. */
  readonly ofRunMs: Readonly<Record<Member, readonly (readonly number[])[]>>;
  /**
   * The wall time over the processor time that a quarter of each member's rounds stay under, since
   * the rounds that nothing held up may be few.
   */
  readonly usual: Readonly<Record<Member, number>>;
  /** The rounds of each replica, counted from 0, that took longer than their processor time explains. */
  readonly heldUp: readonly (readonly number[])[];
  /**
   * The ratio of SE's processor time to plain's, from the same rounds and by the same estimator as
   * the overhead, with a visit's mean in the place of its median; null where the clock's step is too coarse for it.
   */
  readonly overhead: OverheadEstimate | null;
}

/**
 * The share by which a round's wall time may exceed what its processor time explains. Runs of one
 * thread keep within 2 or 3 % of it on an idle machine.
 */
const tolerated = 0.1;

/** The largest step of the clock that the overhead is worked out with, as a share of a run. */
const coarsest = 0.05;

/**
 * Sets the processor time of rounds beside their wall time. A program that takes the processor
 * away prolongs the wall time of a round and not its processor time, so a round in which a member's
 * wall time is well above its usual multiple of the processor time was held up. It stays in every
 * figure. The overhead by processor time leaves out what others took, and what the member waited
 * for as well, so it is a second estimate of the overhead only where one thread does all the work.
 *
 * @param replicas The replicas, at least one, each with at least one round.
 * @returns Null where the host did not tell the processor time of every round.
 */
export function processorTime(replicas: readonly TimedRounds[]): ProcessorTime | null {
  const plain = timesOf(replicas, "plain");
  const se = timesOf(replicas, "se");
  if (plain === null || se === null) return null;
  const ofRunMs = { plain, se };
  const wallMs = { plain: meansOf(replicas, "plain"), se: meansOf(replicas, "se") };
  const shortest = Math.min(...members.map((member) => median(ofRunMs[member].flat())));
  if (shortest <= 0) return null;
  const stepMs = Math.min(...plain.map((own, replica) => leastStep([...own, ...se[replica]!])));
  const usual = { plain: usualRatio(wallMs.plain, plain), se: usualRatio(wallMs.se, se) };
  const isHeldUp = (member: Member, replica: number, round: number) => {
    const explainedMs = usual[member] * (ofRunMs[member][replica]![round]! + stepMs);
    return wallMs[member][replica]![round]! > (1 + tolerated) * explainedMs;
  };
  const logRatios = se.map((rounds, replica) =>
    rounds.map((ms, round) => Math.log(ms / plain[replica]![round]!)),
  );
  const isFine = stepMs <= coarsest * shortest && logRatios.flat().every(Number.isFinite);
  return {
    stepMs,
    ofRunMs,
    usual,
    heldUp: plain.map((rounds, replica) =>
      [...rounds.keys()].filter((round) =>
        members.some((member) => isHeldUp(member, replica, round)),
      ),
    ),
    overhead: isFine ? overheadOfRounds(logRatios) : null,
  };
}

function timesOf(replicas: readonly TimedRounds[], member: Member) {
  const times = replicas.flatMap(({ members: own }) => {
    const { processorMs } = own[member];
    return processorMs === null ? [] : [processorMs];
  });
  return times.length < replicas.length ? null : times;
}

/** The mean wall time of a run, by replica and round: the mean is what processor time adds up to. */
function meansOf(replicas: readonly PairedRounds[], member: Member): number[][] {
  return replicas.map(({ members: own }) => own[member].samplesMs.map(mean));
}

function usualRatio(
  wallMs: readonly (readonly number[])[],
  processorMs: readonly (readonly number[])[],
): number {
  const processor = processorMs.flat();
  const ratios = wallMs
    .flat()
    .flatMap((ms, round) => (processor[round]! > 0 ? [ms / processor[round]!] : []));
  return quantile(ascending(ratios), 0.25);
}

/** The least difference between values that differ, or the value where all are one. */
function leastStep(values: readonly number[]): number {
  const sorted = ascending(values);
  const steps = sorted.slice(1).map((value, at) => value - sorted[at]!);
  // Differences of equal readings, in floating-point numbers, are below a nanosecond.
  return Math.min(sorted.at(-1)!, ...steps.filter((step) => step > 1e-6));
}
