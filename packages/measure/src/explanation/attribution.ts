import type { KernelProfile } from "@sebench/runtime";
import { type Member, members } from "../measurement/measurement.ts";
import {
  halfWidthOfMean,
  type OverheadEstimate,
  overheadEstimate,
} from "../measurement/overhead.ts";
import type { Interval } from "../statistics/interval.ts";
import { mean } from "../statistics/trimmed-mean.ts";
import { type KernelPart, kernelParts, type NamedNodes, type PlacedKernel } from "./kernel-part.ts";
import {
  type MeanKernel,
  meanKernels,
  type PlacedReplica,
  placeReplica,
  requireSe,
} from "./placed-replica.ts";
import type { ProfiledReplica } from "./profiled-replica.ts";

/** A difference of SE from plain. */
interface Difference {
  /** The mean over the replicas. */
  readonly ms: number;
  /** The 95 % t interval of `ms`, from how replicas differ, or null for a single replica. */
  readonly interval: Interval | null;
}

/** The time that the kernels of one operator add. */
interface OperatorShare {
  /** The operator, as the engine names it. */
  readonly op: string;
  /** The number of kernels of the operator that each member runs. */
  readonly kernels: Readonly<Record<Member, number>>;
  readonly ms: number;
}

interface PartShare extends Difference {
  readonly part: KernelPart;
  /** The operators, those that add or save most first. */
  readonly operators: readonly OperatorShare[];
}

interface StageShare extends Difference {
  /** The stage, as the paper counts, or null outside the stages. */
  readonly stage: number | null;
  /** The time that each part of the stage adds, in milliseconds. */
  readonly parts: Readonly<Record<KernelPart, number>>;
}

/**
 * The difference of SE from plain, in milliseconds: `measured` is the sum of the parts,
 * `around` and `unexplained`.
 */
export interface Attribution {
  readonly clock: KernelProfile["clock"];
  readonly measured: Difference;
  readonly overhead: OverheadEstimate;
  readonly parts: readonly PartShare[];
  /** The time that SE adds to the run outside its kernels. */
  readonly around: Difference;
  readonly unexplained: Difference;
  readonly stages: readonly StageShare[];
  readonly profiler: ProfilerDisturbance;
  /**
   * The kernels of each member, in the order in which they ran. Their times are means over the
   * replicas, with the time that the profiler adds to them.
   */
  readonly kernels: Readonly<Record<Member, readonly MeanKernel[]>>;
}

/** The time that runs take longer when they are profiled. */
interface ProfilerDisturbance {
  /** The mean time that the profiler adds to each kernel, in milliseconds. */
  readonly perKernelMs: number;
  readonly members: Readonly<Record<Member, MemberDisturbance>>;
}

interface MemberDisturbance {
  readonly latencyMs: number;
  readonly profiledMs: number;
  readonly slowdown: Slowdown;
  readonly kernels: number;
}

/** The time that the profiler adds, as a share of the latency without it. */
interface Slowdown {
  readonly share: number;
  readonly interval: Interval | null;
}

/**
 * Takes the difference between both members apart. A profiler adds time to each
 * kernel that it watches. How much is estimated by least squares from how it disturbs
 * both members' latencies, and is taken off again. The part of the disturbance that
 * does not grow with the kernels makes up `unexplained`.
 *
 * @param networks The nodes of both members as they were run.
 * @throws InputError if no kernel of the profile belongs to SE
 */
export function attribute(
  replicas: readonly ProfiledReplica[],
  networks: Readonly<Record<Member, NamedNodes>>,
): Attribution {
  const placed = replicas.map((replica) => placeReplica(replica, networks));
  requireSe(placed[0]!);
  const { clock } = replicas[0]!.profiles.se;
  const perKernel = profilerPerKernel(placed);
  const within = { placed, perKernel: clock === "host" ? perKernel : perKernel.map(() => 0) };
  const around = placed.map(
    (replica, at) =>
      differenceOf((member) => replica.profiledMs[member] - sumOf(replica.kernels[member])) -
      (perKernel[at]! - within.perKernel[at]!) * differenceOf((m) => replica.kernels[m].length),
  );
  const measured = placed.map((replica) => differenceOf((member) => replica.latencyMs[member]));
  const explained = placed.map(
    (replica, at) =>
      differenceOf((member) => replica.profiledMs[member]) -
      perKernel[at]! * differenceOf((member) => replica.kernels[member].length),
  );
  return {
    clock,
    measured: overReplicas(measured),
    overhead: overheadEstimate(replicas),
    parts: kernelParts.map((part) => partShare(part, within)),
    around: overReplicas(around),
    unexplained: overReplicas(measured.map((ms, at) => ms - explained[at]!)),
    stages: stageShares(within),
    profiler: {
      perKernelMs: mean(perKernel),
      members: { plain: disturbance(placed, "plain"), se: disturbance(placed, "se") },
    },
    kernels: { plain: meanKernels(placed, "plain"), se: meanKernels(placed, "se") },
  };
}

/**
 * The time that the profiler adds to each kernel, by replica, from least squares. It
 * is 0 in every replica if it cannot be told from none, since taking off noise would
 * only add noise to every part.
 */
function profilerPerKernel(placed: readonly PlacedReplica[]): number[] {
  const byReplica = placed.map(({ kernels, latencyMs: bare, profiledMs }) => {
    const sum = (term: (member: Member) => number) => term("plain") + term("se");
    const product = sum((member) => (profiledMs[member] - bare[member]) * kernels[member].length);
    return product / sum((member) => kernels[member].length ** 2);
  });
  const { ms, interval } = overReplicas(byReplica);
  return (interval?.[0] ?? ms) > 0 ? byReplica : byReplica.map(() => 0);
}

/** The replicas, and the time that is taken off each kernel in each replica. */
interface Corrected {
  readonly placed: readonly PlacedReplica[];
  readonly perKernel: readonly number[];
}

/** The time that the kernels which `which` picks add. */
function addedBy(
  { placed, perKernel }: Corrected,
  which: (kernel: PlacedKernel) => boolean,
): Difference {
  return overReplicas(
    placed.map(({ kernels }, at) =>
      differenceOf((member) => {
        const own = kernels[member].filter(which);
        return sumOf(own) - perKernel[at]! * own.length;
      }),
    ),
  );
}

function partShare(part: KernelPart, corrected: Corrected): PartShare {
  const { kernels } = corrected.placed[0]!;
  const all = members.flatMap((member) => kernels[member]);
  const ops = new Set(all.filter((kernel) => kernel.part === part).map(({ op }) => op));
  const operators = Array.from(ops, (op): OperatorShare => {
    const own = (kernel: PlacedKernel) => kernel.part === part && kernel.op === op;
    const count = (member: Member) => kernels[member].filter(own).length;
    return {
      op,
      kernels: { plain: count("plain"), se: count("se") },
      ms: addedBy(corrected, own).ms,
    };
  });
  return {
    part,
    ...addedBy(corrected, (kernel) => kernel.part === part),
    operators: operators.toSorted((one, other) => Math.abs(other.ms) - Math.abs(one.ms)),
  };
}

/** The stages from the image to the logits; what is outside them comes last. */
function stageShares(corrected: Corrected): StageShare[] {
  const { kernels } = corrected.placed[0]!;
  const found = new Set(kernels.se.map(({ stage }) => stage));
  const stages = [...found].toSorted((one, other) => (one ?? Infinity) - (other ?? Infinity));
  return stages.map((stage): StageShare => {
    const ofPart = (part: KernelPart) =>
      addedBy(corrected, (kernel) => kernel.stage === stage && kernel.part === part).ms;
    const { ms, interval } = addedBy(corrected, (kernel) => kernel.stage === stage);
    return { stage, ms, interval, parts: byPart(ofPart) };
  });
}

function byPart(value: (part: KernelPart) => number): Record<KernelPart, number> {
  return Object.fromEntries(kernelParts.map((part) => [part, value(part)])) as Record<
    KernelPart,
    number
  >;
}

function disturbance(placed: readonly PlacedReplica[], member: Member): MemberDisturbance {
  const of = (value: (replica: PlacedReplica) => number) => placed.map(value);
  const { ms: share, interval } = overReplicas(
    of((replica) => replica.profiledMs[member] / replica.latencyMs[member] - 1),
  );
  return {
    latencyMs: mean(of((replica) => replica.latencyMs[member])),
    profiledMs: mean(of((replica) => replica.profiledMs[member])),
    slowdown: { share, interval },
    kernels: placed[0]!.kernels[member].length,
  };
}

function sumOf(kernels: readonly PlacedKernel[]): number {
  return kernels.reduce((sum, { ms }) => sum + ms, 0);
}

/** The value of SE less that of plain. */
function differenceOf(value: (member: Member) => number): number {
  return value("se") - value("plain");
}

function overReplicas(values: readonly number[]): Difference {
  const ms = mean(values);
  const halfWidth = halfWidthOfMean(values);
  return { ms, interval: halfWidth === null ? null : [ms - halfWidth, ms + halfWidth] };
}
