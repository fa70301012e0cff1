import { countImages, type DatasetName } from "@sebench/datasets";
import type { Target } from "@sebench/hosts";
import {
  defaultLowering,
  formatLowering,
  type LoweringName,
  parseLowering,
} from "@sebench/lowering";
import { datasetOf, type ImageSet } from "@sebench/pairs";
import { type CaseParts, caseId, type Speed, type TunedCase } from "@sebench/results";
import type { Availability, Host, Precision, RuntimeId } from "@sebench/runtime";
import {
  seName,
  buildNetwork,
  InputError,
  modelTable,
  type Network,
  parseNetworkName,
  plainName,
} from "@sebench/spec";
import type { OpenedModel } from "../models/open-model.ts";
import { bestKnownLowering } from "./best-known.ts";
import {
  type Pace,
  paces,
  type Profile,
  type ReplicaRange,
  type Share,
  probedSpeed,
  type Untimed,
} from "./profile.ts";
import { precisionsOn } from "./targets.ts";

/** The images from whose activations int8 takes its scales: the first ones of a dataset. */
export interface QuantisationImages {
  readonly dataset: DatasetName;
  readonly count: number;
  /** The part of the network that stays in fp32; left out where all of it is quantised. */
  readonly keep?: "se";
}

/**
 * The most images that int8 takes its scales from. onnxruntime's documentation asks for a few
 * hundred at most, and the photographs are fifty views.
 */
const most = 256;

export function quantisationImages(dataset: DatasetName): QuantisationImages {
  return { dataset, count: Math.min(most, countImages(dataset)) };
}

function quantisationOf(dataset: DatasetName, { int8Keep: keep }: Selection): QuantisationImages {
  return { ...quantisationImages(dataset), ...(keep && { keep }) };
}

/** One case, before it has run. */
export type CasePlan = NetworkPlan | ModelPlan;

/** A case of a network in one form, and of its plain counterpart. */
export interface NetworkPlan extends PlannedCase {
  readonly model: null;
  readonly images: ImageSet;
  /** The images from whose activations int8 takes its scales, or null at other precisions. */
  readonly quantisation: QuantisationImages | null;
}

/** A case of a model's file of the user's, and of its twin where it has one. */
export interface ModelPlan extends PlannedCase {
  readonly model: OpenedModel;
  /** Where the inputs of the runs come from, in words, and how many runs they are for. */
  readonly images: { readonly dataset: string; readonly count: number };
  readonly quantisation: null;
}

/** What the plan of any case says. */
interface PlannedCase {
  readonly id: string;
  readonly runtime: RuntimeId;
  readonly host: Host;
  /** The name of the member with SE. */
  readonly network: string;
  readonly plain: string;
  readonly imageSize: number;
  readonly batch: number;
  readonly precision: Precision;
  readonly lowering: LoweringName;
  /** The time for the replicas, in seconds, where the case is timed. */
  readonly seconds: number;
  /** Why a run does not time the case, or null if it does. */
  readonly untimed: Untimed | null;
  /** Whether the least that SE can cost is measured too, as it is where there are several forms. */
  readonly bounded: boolean;
  readonly pace: Pace;
  readonly replicas: ReplicaRange;
}

/** What `--lowering` calls the recipe that `bench tune` found. */
export const tunedWord = "tuned";

/** Gives the recipe that was tuned for a case. Throws an `InputError` where there is none. */
type TunedLowering = (of: Omit<TunedCase, "threads">) => LoweringName;

/**
 * The part of the cases that the command line asks for; a null leaves the choice to the profile.
 */
export interface Selection {
  readonly networks: readonly string[] | null;
  readonly batches: readonly number[] | null;
  /** The heights and widths of images in pixels, or null for the size of each network. */
  readonly imageSizes: readonly number[] | null;
  readonly precisions: readonly Precision[];
  /**
   * The lowerings, or null for the naive form and the best known one. The word `tuned` stands for
   * the naive form and the recipe that the function `tuned` gives.
   */
  readonly lowerings: readonly LoweringName[] | null;
  readonly tuned: TunedLowering;
  readonly seconds: number | null;
  /** The part of networks that stays in fp32 in int8; left out where all is quantised. */
  readonly int8Keep?: "se";
}

/** A selection that asks for nothing, and so takes everything as the profile has it. */
export const byProfile: Selection = {
  networks: null,
  batches: null,
  imageSizes: null,
  precisions: ["fp32"],
  lowerings: null,
  tuned: () => {
    throw new InputError(`--lowering ${tunedWord} is not known here`, {
      remedy: "write out the recipe that `bench tune` found",
    });
  },
  seconds: null,
};

/** A runtime on a host, and what probing it gave. */
export interface ProbedTarget extends Target {
  readonly availability: Availability;
}

/** Plans the cases of networks, which are those of the profile or those that the selection names. */
export function planCases(
  targets: readonly ProbedTarget[],
  profile: Profile,
  selection: Selection,
): NetworkPlan[] {
  const asked = selection.networks?.map(seName);
  return targets.flatMap((target) => {
    const speed = probedSpeed(target.runtime, target.availability);
    const shares = asked
      ? sharesOf(asked, profile, speed)
      : profile.shares[speed].filter(({ hosts }) => hosts?.includes(target.host) ?? true);
    return shares.flatMap((share) =>
      worksOf(share, profile, selection).flatMap(({ imageSize, batch }) =>
        precisionsOn(target.runtime, selection.precisions).flatMap((precision) =>
          planPair(target, share, {
            imageSize,
            batch,
            precision,
            selection,
            bestKnown: profile.bestKnown.includes(speed),
            pace: paces[speed],
            replicas: profile.replicas[speed],
            untimed: selection.seconds === null ? (profile.untimed[speed] ?? null) : null,
          }),
        ),
      ),
    );
  });
}

/** The sizes and batches of a pair: each batch at each size. */
function worksOf(
  { network }: Share,
  profile: Profile,
  { imageSizes, batches }: Selection,
): Pick<CasePlan, "imageSize" | "batch">[] {
  const usual = modelTable[parseNetworkName(network).model].imageSize;
  return (imageSizes ?? [usual]).flatMap((imageSize) =>
    (batches ?? profile.batches).map((batch) => ({ imageSize, batch })),
  );
}

function sharesOf(
  networks: readonly string[],
  { shares, secondsForOthers }: Profile,
  speed: Speed,
): Share[] {
  return [...new Set(networks)].map(
    (network) =>
      shares[speed].find((share) => share.network === network) ?? {
        network,
        seconds: secondsForOthers,
      },
  );
}

/**
 * Plans a case for each lowering of a pair. The cases share the time that a profile gives to the
 * pair.
 */
function planPair(
  target: Target,
  share: Share,
  options: Pick<
    NetworkPlan,
    "imageSize" | "batch" | "precision" | "pace" | "replicas" | "untimed"
  > &
    Pick<LoweringChoice, "bestKnown"> & { selection: Selection },
): NetworkPlan[] {
  const { imageSize, batch, precision, selection, bestKnown, pace, replicas, untimed } = options;
  const network = buildNetwork(share.network, { imageSize });
  const { runtime, host } = target;
  const pair = { runtime, host, network: network.name, imageSize, batch, precision };
  const lowerings = loweringsOf(network, pair, { ...selection, bestKnown });
  const seconds = selection.seconds ?? share.seconds / lowerings.length;
  const images = imagesFor(imageSize, batch, untimed === null ? pace : null);
  const rest = {
    model: null,
    plain: plainName(network.name),
    images,
    quantisation: precision === "int8" ? quantisationOf(images.dataset, selection) : null,
    seconds,
    untimed,
    bounded: lowerings.length > 1,
    pace,
    replicas,
  };
  return lowerings.map((lowering): NetworkPlan => {
    const parts = Object.assign({ lowering }, pair);
    return Object.assign({ id: caseId(parts) }, parts, rest);
  });
}

interface LoweringChoice extends Pick<Selection, "lowerings" | "tuned"> {
  /** Whether the best known form is measured where none is named. */
  readonly bestKnown: boolean;
}

/**
 * The lowerings of a pair. The naive form comes first. Where no lowering is named, the best known
 * one follows, which often is the naive form itself.
 */
function loweringsOf(
  network: Network,
  pair: Omit<CaseParts, "lowering"> & Pick<NetworkPlan, "runtime" | "host" | "precision">,
  { lowerings, tuned, bestKnown }: LoweringChoice,
): LoweringName[] {
  const naive = defaultLowering(network);
  const named = lowerings?.flatMap((each) => (each === tunedWord ? [naive, tuned(pair)] : [each]));
  const byDefault = () => (bestKnown ? [naive, bestKnownLowering(network, pair)] : [naive]);
  return [...new Set(named ?? byDefault())];
}

/** The images by which a case proves its parity that is not timed, since it is slow. */
const untimedImages = 2;

/**
 * The images of a case: enough for parity, in whole batches. Photographs are few, since they are
 * large and the oracle is slow.
 *
 * @param pace the pace of a case that is timed, or null
 */
function imagesFor(imageSize: number, batch: number, pace: Pace | null): ImageSet {
  const dataset = datasetOf(imageSize);
  const small = dataset === "fashion-mnist";
  const least = pace === null ? untimedImages : small ? pace.smallImages : 4;
  return { dataset, count: Math.ceil(least / batch) * batch };
}

/**
 * Reads a lowering into its canonical form, or the word `tuned`. Throws an `InputError` for any
 * other text.
 */
export function requireLowering(text: string): LoweringName {
  if (text === tunedWord) return text;
  try {
    return formatLowering(parseLowering(text));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`--lowering: ${error.message}`, {
      remedy: error.remedy ?? "see --help",
      cause: error,
    });
  }
}
