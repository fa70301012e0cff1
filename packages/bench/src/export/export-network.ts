import type { Target } from "@sebench/hosts";
import { defaultLowering, lower, type LoweringName } from "@sebench/lowering";
import { type BuiltMember, chooseLayout, memberFrom, readCheckpointFile } from "@sebench/pairs";
import type { Precision } from "@sebench/runtime";
import {
  buildNetwork,
  inputShape,
  type Network,
  parseNetworkName,
  withLayout,
} from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import type { Parity } from "../case/parity.ts";
import { requireLowering, tunedWord } from "../plan/case-plan.ts";
import { readTunings } from "../plan/tuned-lowering.ts";
import { encodeInPrecision, formParity } from "./encode-network.ts";

/** One network, as it shall be written as ONNX. */
export interface ExportRequest {
  /** The name of either member: `se-resnet50`, `resnet50`. */
  readonly network: string;
  /** The layout, or null where the name or the keys of the weights' file say it. */
  readonly layout: string | null;
  /** The path of a safetensors file, or null for weights from the seed. */
  readonly weights: string | null;
  /** The seed of seeded weights. */
  readonly seed: number;
  readonly batch: number;
  /** The side of an image in pixels, or null for the network's own. */
  readonly imageSize: number | null;
  readonly precision: Precision;
  /** A recipe or the word `tuned`, or null for the naive form. */
  readonly lowering: string | null;
  /** What a tuned lowering was tuned for; read where the lowering is `tuned`. */
  readonly tunedFor: (Target & { readonly threads: number | null }) | null;
}

/** A network as the bytes of an ONNX file. */
export interface ExportedNetwork {
  /** The canonical name, with the layout that was chosen. */
  readonly network: string;
  readonly lowering: LoweringName;
  readonly bytes: Uint8Array;
  /**
   * The agreement with the naive form's logits, or null where there is nothing to compare:
   * for the naive form itself, and at other precisions than fp32.
   */
  readonly parity: Parity | null;
  /** What was chosen without being asked for, or null: a line for a person. */
  readonly note: string | null;
}

/** Builds a network, lowers it and writes it as ONNX. */
export async function exportNetwork(request: ExportRequest): Promise<ExportedNetwork> {
  const { batch, precision } = request;
  const { built, note } = await buildAsked(request);
  const { network, weights } = built;
  const lowering = await loweringOf(request, network);
  const lowered = lower(network, weights, lowering, { batch });
  const bytes = await encodeInPrecision(lowered, { batch, precision });
  const rewritten = lowering !== defaultLowering(network) && precision === "fp32";
  const parity = rewritten ? await formParity(built, lowering, batch) : null;
  return { network: network.name, lowering, bytes, parity, note };
}

async function loweringOf(
  { lowering, tunedFor, batch, precision }: ExportRequest,
  network: Network,
): Promise<LoweringName> {
  if (lowering === null) return defaultLowering(network);
  const asked = requireLowering(lowering);
  if (asked !== tunedWord || tunedFor === null) return asked;
  const [, imageSize] = inputShape(network);
  const lookUp = await readTunings();
  return lookUp({ ...tunedFor, network: network.name, imageSize, batch, precision });
}

interface Asked {
  readonly built: BuiltMember;
  readonly note: string | null;
}

async function buildAsked({
  network: asked,
  layout,
  weights,
  imageSize,
  seed,
}: ExportRequest): Promise<Asked> {
  const name = layout === null ? asked : withLayout(asked, layout);
  if (weights === null) {
    const network = buildNetwork(name, imageSize === null ? {} : { imageSize });
    return { built: { network, weights: seededWeights(network, seed) }, note: null };
  }
  // What is wrong with it is told before a large file is read.
  parseNetworkName(name);
  const file = await readCheckpointFile(weights);
  const chosen = chooseLayout(asked, file.keys, layout ?? undefined);
  return { built: memberFrom(file, chosen.network, imageSize), note: chosen.note };
}
