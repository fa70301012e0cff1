import { type Speed, speedOf } from "@sebench/results";
import { type Availability, browserHosts, type Host, type RuntimeId } from "@sebench/runtime";
import { networksOf } from "@sebench/spec";

/** The speed of a runtime, by what probing it gave. */
export function probedSpeed(runtime: RuntimeId, availability: Availability): Speed {
  return speedOf(runtime, availability.ok && availability.software);
}

/** The least that a case on a runtime of a speed consists of. */
export interface Pace {
  readonly minRounds: number;
  /**
   * The least images of a small network, for parity. A photograph stands for more of its network's
   * work.
   */
  readonly smallImages: number;
}

export const paces: Readonly<Record<Speed, Pace>> = {
  native: { minRounds: 5, smallImages: 16 },
  wasm: { minRounds: 3, smallImages: 16 },
  javascript: { minRounds: 5, smallImages: 16 },
  "software-gpu": { minRounds: 2, smallImages: 4 },
};

/** A model whose pair is measured, and for how long at most. */
export interface Share {
  readonly network: string;
  /** The time for the replicas of one case, in seconds. */
  readonly seconds: number;
  /** The hosts on which the pair is measured, if it is not measured on every host. */
  readonly hosts?: readonly Host[];
}

/** How many replicas a case has. */
export interface ReplicaRange {
  /** The least replicas, which are measured even where they take longer than the case's time. */
  readonly min: number;
  /** The most replicas, or null for as many as the measuring plans. */
  readonly max: number | null;
}

const sameForAll = (range: ReplicaRange): Readonly<Record<Speed, ReplicaRange>> => ({
  native: range,
  wasm: range,
  javascript: range,
  "software-gpu": range,
});

/** Why cases are not timed, and how to have them timed. */
export interface Untimed {
  readonly reason: string;
  readonly remedy: string;
}

/** How many labelled images a case's sessions are asked about, once they are timed. */
interface LabelledAmount {
  /** The most images, which may be more than ship. */
  readonly most: number;
  /** The least images, which are run even where they take longer than `secondsPerMember`. */
  readonly least: number;
  /** The time for the images of a member, in seconds, or null for no limit. */
  readonly secondsPerMember: number | null;
}

export interface Profile {
  readonly name: ProfileName;
  readonly purpose: string;
  readonly shares: Readonly<Record<Speed, readonly Share[]>>;
  /** The seconds for a case of a network that `--network` names and `shares` does not. */
  readonly secondsForOthers: number;
  readonly batches: readonly number[];
  readonly replicas: Readonly<Record<Speed, ReplicaRange>>;
  /** Half the width, as a fraction, of the overhead's interval at which a case may stop. */
  readonly precision: number;
  readonly labelled: LabelledAmount;
  /**
   * The speeds of runtimes on which a pair is measured in the best known form beside the naive one.
   */
  readonly bestKnown: readonly Speed[];
  /**
   * The speeds of runtimes that prove their device and parity and are not timed, unless a time is
   * asked for, and why.
   */
  readonly untimed: Partial<Readonly<Record<Speed, Untimed>>>;
}

export const profileNames = ["smoke", "quick", "full"] as const;
export type ProfileName = (typeof profileNames)[number];

/** The seed of the weights and of the order of visits, where none is given. */
export const defaultSeed = 1;

const smallest = "se-resnet8";

/** The network of products that `quick` has. */
export const deployed = "mobilenet-v3-large";

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  smoke: {
    name: "smoke",
    purpose:
      "does everything run? One replica, a few seconds a case; its overheads have no interval",
    shares: {
      native: [{ network: smallest, seconds: 1 }],
      wasm: [{ network: smallest, seconds: 1 }],
      javascript: [{ network: smallest, seconds: 1 }],
      "software-gpu": [{ network: smallest, seconds: 1 }],
    },
    secondsForOthers: 1,
    batches: [1],
    replicas: sameForAll({ min: 1, max: 1 }),
    precision: 0,
    labelled: { most: 64, least: 16, secondsPerMember: 2 },
    bestKnown: [],
    untimed: {},
  },
  quick: {
    name: "quick",
    purpose:
      "the default: an answer within some five minutes on two cores; software GPUs prove parity and device, and are timed where --budget asks for it",
    shares: {
      native: [
        { network: "se-resnet50", seconds: 16 },
        { network: deployed, seconds: 7 },
        { network: smallest, seconds: 5 },
      ],
      wasm: [
        // A process of Node would repeat the browser's row. Who names another browser has its own.
        { network: deployed, seconds: 7, hosts: browserHosts },
        { network: smallest, seconds: 4 },
      ],
      javascript: [{ network: smallest, seconds: 3 }],
      "software-gpu": [{ network: smallest, seconds: 20 }],
    },
    secondsForOthers: 60,
    batches: [1],
    replicas: { ...sameForAll({ min: 5, max: null }), wasm: { min: 4, max: null } },
    precision: 0.0025,
    labelled: { most: Infinity, least: 16, secondsPerMember: 0.5 },
    // A software GPU has no best known form here: no report ranks it.
    bestKnown: ["native", "wasm", "javascript"],
    untimed: {
      "software-gpu": {
        reason: "it is a software GPU: the CPU plays it, so its times would say nothing of a GPU",
        remedy: "give --budget 20, or --profile full, to have it timed all the same",
      },
    },
  },
  full: {
    name: "full",
    purpose: "every network at batch 1 and 8; takes hours",
    shares: {
      native: networksOf("all").map((network) => ({ network, seconds: 120 })),
      wasm: [
        "se-resnet18",
        "se-resnet50",
        "se-resnext50-32x4d",
        ...networksOf("mobile"),
        "se-resnet20",
        "se-resnet56",
        smallest,
      ].map((network) => ({ network, seconds: 180 })),
      javascript: [smallest, "se-resnet20"].map((network) => ({ network, seconds: 180 })),
      "software-gpu": [smallest, "se-resnet20", "se-resnet56"].map((network) => ({
        network,
        seconds: 240,
      })),
    },
    secondsForOthers: 120,
    batches: [1, 8],
    replicas: sameForAll({ min: 6, max: null }),
    precision: 0.0025,
    labelled: { most: Infinity, least: 0, secondsPerMember: null },
    bestKnown: ["native", "wasm", "javascript", "software-gpu"],
    untimed: {},
  },
};
