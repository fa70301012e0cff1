import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInProcess, type Target, thisNode } from "@sebench/hosts";
import type { FormsAnswer, FormsJob } from "@sebench/jobs";
import { defaultLowering, lower, type LoweringName, type LoweredNetwork } from "@sebench/lowering";
import { encodeOnnx } from "@sebench/onnx";
import {
  type BuiltMember,
  chooseLayout,
  memberFrom,
  readCheckpointFile,
  datasetOf,
} from "@sebench/pairs";
import type { Precision } from "@sebench/runtime";
import {
  buildNetwork,
  inputShape,
  type Network,
  parseNetworkName,
  withLayout,
  classesOf,
} from "@sebench/spec";
import { fromWeights, seededWeights, writeSafetensors } from "@sebench/weights";
import { type Parity, compareLogits } from "../case/parity.ts";
import { requireLowering, tunedWord, quantisationImages } from "../plan/case-plan.ts";
import { readTunings } from "../plan/tuned-lowering.ts";

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

/** Encodes a network as ONNX. int8 takes its scales from the images that `bench run` takes. */
export async function encodeInPrecision(
  lowered: LoweredNetwork,
  { batch, precision }: { readonly batch: number; readonly precision: Precision },
): Promise<Uint8Array> {
  if (precision !== "int8") return encodeOnnx(lowered, { batch, precision });
  const [, size] = inputShape(lowered.network);
  const images = quantisationImages(datasetOf(size));
  const { ranges } = await askForms([lowered], { images, imageSize: size, wanted: "ranges" });
  return encodeOnnx(lowered, { batch, precision, ranges: ranges[0]! });
}

/** The tolerated share of the greatest logit: exact rewrites differ by rounding alone. */
const tolerance = 1e-4;

/**
 * Compares the logits of a lowering with those of the naive form in fp32, on a batch of real
 * images. onnxruntime runs both on this machine's CPU.
 */
async function formParity(
  { network, weights }: BuiltMember,
  lowering: LoweringName,
  batch: number,
): Promise<Parity> {
  const [, imageSize] = inputShape(network);
  const images = { dataset: datasetOf(imageSize), count: batch };
  const forms = [defaultLowering(network), lowering].map((form) =>
    lower(network, weights, form, { batch }),
  );
  const { logits } = await askForms(forms, { images, imageSize, wanted: "logits" });
  const [naive, own] = logits as [Float32Array, Float32Array];
  return compareLogits(own, naive, { classes: classesOf(network), tolerance });
}

/** The longest that forms may take to answer, in milliseconds: large batches of large networks do. */
const formsLimitMs = 30 * 60_000;

/**
 * Asks onnxruntime about forms in a process of its own, as every engine has: the process of who
 * exports may be another program's, and cannot be started anew without the engine's telemetry.
 */
async function askForms(
  lowered: readonly LoweredNetwork[],
  asked: Pick<FormsJob, "images" | "imageSize" | "wanted">,
): Promise<FormsAnswer> {
  const folder = await mkdtemp(join(tmpdir(), "sebench-forms-"));
  try {
    const forms = await Promise.all(
      lowered.map(async ({ weights, ...form }, index) => {
        const weightsFile = join(folder, `${index}.safetensors`);
        await writeFile(weightsFile, writeSafetensors(fromWeights(weights)));
        return { ...form, weightsFile };
      }),
    );
    const job: FormsJob = { kind: "forms", engine: { threads: null }, forms, ...asked };
    const { signal } = new AbortController();
    return await runInProcess(thisNode, job, { signal, timeoutMs: formsLimitMs, onProgress() {} });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
