import { type Parity, compareLogits } from "@sebench/measure";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "@sebench/artifacts";
import { runInProcess, type Target, thisNode } from "@sebench/hosts";
import type { FormsAnswer, FormsJob } from "@sebench/jobs";
import { defaultLowering, lower, type LoweringName, type LoweredNetwork } from "@sebench/lowering";
import { encodeOnnx } from "@sebench/onnx";
import {
  type BuiltMember,
  datasetOf,
  describeOrigin,
  describePreprocessing,
  type MemberChoice,
  openMember,
  type OpenedMember,
} from "@sebench/pairs";
import type { Precision } from "@sebench/runtime";
import { classesOf, InputError, inputShape, type Network } from "@sebench/spec";
import { encodeTflite } from "@sebench/tflite";
import { fromWeights, writeSafetensors } from "@sebench/weights";
import { requireLowering, tunedWord, quantisationImages } from "../plan/case-plan.ts";
import { readTunings } from "../plan/tuned-lowering.ts";

/** The formats of files that a network is written in. */
type ExportFormat = "onnx" | "tflite";

/** One network, as it shall be written as a file. */
export interface ExportRequest extends MemberChoice {
  /** The name of either member: `se-resnet50`, `resnet50`. */
  readonly network: string;
  readonly format: ExportFormat;
  readonly batch: number;
  readonly precision: Precision;
  /** The part of the network that stays in floats at `int8`, or null where all is in integers. */
  readonly int8Keep: "se" | null;
  /** A recipe or the word `tuned`, or null for the naive form. */
  readonly lowering: string | null;
  /** What a tuned lowering was tuned for; read where the lowering is `tuned`. */
  readonly tunedFor: (Target & { readonly threads: number | null }) | null;
}

/** A network as the bytes of a file. */
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
  /** The origin of the weights, their hash, and the images that they are made for. */
  readonly member: Pick<OpenedMember, "origin" | "hash" | "preprocessing" | "notes">;
}

/** Builds a network, lowers it and writes it as ONNX or as a TensorFlow Lite model. */
export async function exportNetwork(request: ExportRequest): Promise<ExportedNetwork> {
  const { batch, precision, int8Keep } = request;
  if (int8Keep !== null && precision !== "int8") {
    throw new InputError(`--int8-keep ${int8Keep} is given, and the precision is ${precision}`, {
      remedy: "add --precision int8, or leave --int8-keep out",
    });
  }
  const member = await openMember(request.network, request);
  const { network, weights } = member;
  const lowering = await loweringOf(request, network);
  const lowered = lower(network, weights, lowering, { batch });
  const metadata = metadataOf(member);
  const bytes =
    request.format === "tflite"
      ? encodeTflite(lowered, { batch, precision: tflitePrecision(precision), metadata })
      : await encodeInPrecision(lowered, { batch, precision, metadata, int8Keep });
  const rewritten = lowering !== defaultLowering(network) && precision === "fp32";
  const parity = rewritten ? await formParity(member, lowering, batch) : null;
  return { network: network.name, lowering, bytes, parity, member };
}

/** @throws InputError for a precision in which no `.tflite` file is written */
function tflitePrecision(precision: Precision): "fp32" | "fp16" {
  if (precision !== "int8") return precision;
  throw new InputError("no .tflite file is written in int8", {
    remedy: "give --precision fp32 or fp16, or --out FILE.onnx",
  });
}

/** What a file says of its weights, for whoever finds the file by itself. */
function metadataOf({ origin, hash, preprocessing }: OpenedMember): Record<string, string> {
  const { size, mean, deviation } = preprocessing;
  return {
    weights: describeOrigin(origin),
    weights_sha256: hash,
    preprocessing: describePreprocessing(preprocessing),
    image_size: String(size),
    ...(mean === null ? {} : { mean: mean.join(", ") }),
    ...(deviation === null ? {} : { std: deviation.join(", ") }),
  };
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

/** Encodes a network as ONNX. int8 takes its scales from the images that `bench run` takes. */
export async function encodeInPrecision(
  lowered: LoweredNetwork,
  {
    batch,
    precision,
    metadata = {},
    int8Keep = null,
  }: {
    readonly batch: number;
    readonly precision: Precision;
    readonly metadata?: Readonly<Record<string, string>>;
    readonly int8Keep?: ExportRequest["int8Keep"];
  },
): Promise<Uint8Array> {
  if (precision !== "int8") return encodeOnnx(lowered, { batch, precision, metadata });
  const [, size] = inputShape(lowered.network);
  const images = quantisationImages(datasetOf(size));
  const asked = { images, imageSize: size, wanted: "ranges" } as const;
  const { ranges } = await askForms([lowered], {
    ...asked,
    ...(int8Keep !== null && { keep: int8Keep }),
  });
  return encodeOnnx(lowered, { batch, precision, ranges: ranges[0]!, metadata });
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
  asked: Pick<FormsJob, "images" | "imageSize" | "wanted" | "keep">,
): Promise<FormsAnswer> {
  await using folder = await temporaryFolder("forms");
  const forms = await Promise.all(
    lowered.map(async ({ weights, ...form }, index) => {
      const weightsFile = join(folder.path, `${index}.safetensors`);
      await writeFile(weightsFile, writeSafetensors(fromWeights(weights)));
      return { ...form, weightsFile };
    }),
  );
  const job: FormsJob = { kind: "forms", engine: { threads: null }, forms, ...asked };
  const { signal } = new AbortController();
  return await runInProcess(thisNode, job, { signal, timeoutMs: formsLimitMs, onProgress() {} });
}
