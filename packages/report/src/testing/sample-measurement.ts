import { latencySummary, median, overheadEstimate } from "@sebench/measure";
import type { MemberRecord, OkCase } from "@sebench/results";

/** The behaviour of a made-up case. */
export interface Behaviour {
  /** The median latency of the plain member, in milliseconds. */
  readonly plainMs: number;
  /** The true ratio of SE to plain. */
  readonly ratio: number;
  /** The standard deviation of the ratio from replica to replica, as a fraction. */
  readonly spread: number;
  readonly replicas: number;
  readonly rounds: number;
  readonly runs: number;
  readonly prepareMs: number;
  readonly firstRunMs: number;
  readonly seed: number;
}

type Measured = Pick<OkCase, "preparedFirst" | "overhead"> & {
  readonly members: Record<"plain" | "se", Omit<MemberRecord, "parameters" | "macs">>;
};

/**
 * The samples of a made-up case, with slow drift, noise and a few disturbed runs, and the figures
 * from them.
 */
export function sampleMeasurement(behaviour: Behaviour, batch: number): Measured {
  const random = randomFrom(behaviour.seed);
  const replicas = Array.from({ length: behaviour.replicas }, (_, index) => {
    const ratio = behaviour.ratio * (1 + behaviour.spread * normal(random));
    const rounds = Array.from({ length: behaviour.rounds }, () => {
      const drift = behaviour.plainMs * (1 + 0.012 * normal(random));
      return {
        plain: visit(drift, behaviour.runs, random),
        se: visit(drift * ratio, behaviour.runs, random),
      };
    });
    const member = (name: "plain" | "se") => ({
      prepareMs: behaviour.prepareMs * (1 + 0.08 * random()) * (name === "se" ? 1.09 : 1),
      firstRunMs: behaviour.firstRunMs * (1 + 0.1 * random()) * (name === "se" ? ratio : 1),
      warmUpRuns: 8 + Math.floor(random() * 6),
      steady: index > 0 || behaviour.seed % 5 !== 0,
      samplesMs: rounds.map((round) => round[name]),
    });
    return {
      preparedFirst: index % 2 === 0 ? ("plain" as const) : ("se" as const),
      members: { plain: member("plain"), se: member("se") },
    };
  });
  const summary = (name: "plain" | "se") => {
    const own = replicas.map(({ members }) => members[name]);
    const latencyMs = latencySummary(own.map(({ samplesMs }) => samplesMs));
    return {
      prepareMs: once(own.map(({ prepareMs }) => prepareMs)),
      firstRunMs: once(own.map(({ firstRunMs }) => firstRunMs)),
      warmUpRuns: own.map(({ warmUpRuns }) => warmUpRuns),
      steady: own.map(({ steady }) => steady),
      latencyMs,
      imagesPerSecond: (1000 * batch) / latencyMs.p50,
      peakRssBytes: null,
      samplesMs: own.map(({ samplesMs }) => samplesMs),
    };
  };
  return {
    preparedFirst: replicas.map(({ preparedFirst }) => preparedFirst),
    members: { plain: summary("plain"), se: summary("se") },
    overhead: {
      ...overheadEstimate(replicas),
      stopped: behaviour.spread < 0.003 && behaviour.replicas > 1 ? "precise" : "budget",
    },
  };
}

function once(replicas: readonly number[]) {
  return { median: median(replicas), replicas };
}

function visit(centreMs: number, runs: number, random: () => number): number[] {
  return Array.from({ length: runs }, () => {
    const disturbed = random() < 0.01 ? 1.5 + random() : 1;
    return centreMs * disturbed * (1 + 0.006 * Math.abs(normal(random)));
  });
}

/** A normal random number from two uniform ones, by Box and Muller's way. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A generator of random numbers in [0, 1): mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
