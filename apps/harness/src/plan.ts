import {
  defaultLowering,
  formatLowering,
  type LoweringName,
  parseLowering,
} from "@sebench/lowering";
import type { Availability, Host, Precision, RuntimeId } from "@sebench/runtime";
import {
  buildNetwork,
  formatNetworkName,
  InputError,
  modelTable,
  parseNetworkName,
  plainName,
  standardSe,
} from "@sebench/spec";
import { replicasWithin } from "@sebench/measure";
import { caseId } from "@sebench/results";
import type { DatasetName } from "@sebench/datasets";
import {
  type Pace,
  paces,
  type Profile,
  type ReplicaRange,
  type Share,
  type Speed,
  speedOf,
} from "./profile.ts";
import { precisionsOn } from "./precision-choice.ts";
import { type QuantisationImages, quantisationImages } from "./quantisation-images.ts";
import type { Target } from "./runtimes.ts";

/** One case, before it has run. */
export interface CasePlan {
  readonly id: string;
  readonly runtime: RuntimeId;
  readonly host: Host;
  /** The member with SE; the plain one is its counterpart. */
  readonly network: string;
  readonly plain: string;
  readonly imageSize: number;
  readonly batch: number;
  readonly precision: Precision;
  readonly lowering: LoweringName;
  readonly images: { readonly dataset: DatasetName; readonly count: number };
  /** Those whose activations int8 takes its scales from; null at other precisions. */
  readonly quantisation: QuantisationImages | null;
  /** Time for the replicas, in seconds. */
  readonly seconds: number;
  readonly pace: Pace;
  readonly replicas: ReplicaRange;
}

/** What the command line asks for; null where the profile decides. */
export interface Selection {
  readonly networks: readonly string[] | null;
  readonly batches: readonly number[] | null;
  readonly imageSize: number | null;
  readonly precisions: readonly Precision[];
  readonly lowering: LoweringName | null;
  readonly seconds: number | null;
}

/** Nothing asked for: all as the profile has it. */
export const byProfile: Selection = {
  networks: null,
  batches: null,
  imageSize: null,
  precisions: ["fp32"],
  lowering: null,
  seconds: null,
};

/** A runtime on a host, and what probing it gave. */
export interface ProbedTarget extends Target {
  readonly availability: Availability;
}

/** The cases of a run: those of the profile, or those that the selection names. */
export function planCases(
  targets: readonly ProbedTarget[],
  profile: Profile,
  selection: Selection,
): CasePlan[] {
  const asked = selection.networks?.map(seName);
  return targets.flatMap((target) => {
    const speed = speedOf(target.runtime, target.availability);
    const shares = asked
      ? sharesOf(asked, profile, speed)
      : profile.shares[speed].filter(({ host = target.host }) => host === target.host);
    return shares.flatMap((share) =>
      (selection.batches ?? profile.batches).flatMap((batch) =>
        precisionsOn(target.runtime, selection.precisions).map((precision) =>
          planCase(target, share, {
            batch,
            precision,
            selection,
            pace: paces[speed],
            replicas: profile.replicas[speed],
          }),
        ),
      ),
    );
  });
}

/** The name of the member with SE, whichever of the two was given. */
export function seName(text: string): string {
  const name = parseNetworkName(text);
  return formatNetworkName({ ...name, se: name.se ?? standardSe });
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

function planCase(
  target: Target,
  share: Share,
  options: Pick<CasePlan, "batch" | "precision" | "pace" | "replicas"> & { selection: Selection },
): CasePlan {
  const { batch, precision, selection, pace, replicas } = options;
  const row = modelTable[parseNetworkName(share.network).model];
  const imageSize = selection.imageSize ?? row.imageSize;
  const network = buildNetwork(share.network, { imageSize });
  const lowering = selection.lowering ?? defaultLowering(network);
  const parts = { ...target, network: network.name, imageSize, batch, precision, lowering };
  const seconds = selection.seconds ?? share.seconds;
  const images = imagesFor(imageSize, batch, pace);
  return {
    ...parts,
    id: caseId(parts),
    plain: plainName(network.name),
    images,
    quantisation: precision === "int8" ? quantisationImages(images.dataset) : null,
    seconds,
    pace,
    // One replica, as in smoke, is on purpose.
    replicas:
      replicas.max === 1
        ? replicas
        : { min: replicas.min, max: replicasWithin(seconds, replicas.max) },
  };
}

/** Sizes of which Fashion-MNIST has images; the photographs serve every other. */
const fashionMnistSizes = new Set([28, 32]);

/** That has images of a size. */
export function datasetOf(imageSize: number): DatasetName {
  return fashionMnistSizes.has(imageSize) ? "fashion-mnist" : "photographs";
}

/** Enough for parity, in whole batches: photographs are large, and the oracle is slow. */
function imagesFor(imageSize: number, batch: number, pace: Pace): CasePlan["images"] {
  const dataset = datasetOf(imageSize);
  const least = dataset === "fashion-mnist" ? pace.smallImages : 4;
  return { dataset, count: Math.ceil(least / batch) * batch };
}

/** Every n-th case from the i-th on: the part of a run that one machine of n takes. */
export function takeShard(cases: readonly CasePlan[], shard: Shard): CasePlan[] {
  return cases.filter((_, index) => index % shard.of === shard.index - 1);
}

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** A lowering in its canonical form. */
export function requireLowering(text: string): LoweringName {
  return formatLowering(parseLowering(text));
}
