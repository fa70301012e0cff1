import { defaultSeed, exportNetwork as writeNetwork } from "@sebench/bench";
import { describeOrigin, type MemberChoice, seededWord } from "@sebench/pairs";
import type { Precision } from "@sebench/runtime";

export interface ExportOptions {
  /** The name of either member: `se-resnet50`, `resnet50`, `se-resnet50{r=8}`. */
  readonly network: string;
  /** The recipe by which SE is written as operators; the naive form by default. */
  readonly lowering?: string;
  /**
   * The path of a safetensors file, or `seeded`; by default trained weights where those of the pair
   * ship, as for `measurePair`, and else weights from the seed.
   */
  readonly weights?: string;
  /** The prefix of the keys that are read, where the file holds several copies of its weights. */
  readonly weightsPrefix?: string;
  /** `torchvision`, `timm`, `timm-legacy` or `timm-tf`; by default as the keys of the weights' file imply. */
  readonly layout?: string;
  /** The images in one run; 1 by default. */
  readonly batch?: number;
  /** The side of an image in pixels; the network's own by default. */
  readonly imageSize?: number;
  /** What the file computes in; `fp32` by default. Its input and logits are float32 at each. */
  readonly precision?: Precision;
  /** The seed of seeded weights; 1 by default. */
  readonly seed?: number;
}

/** A network as an ONNX file, from float32 `[batch, 3, size, size]` to logits. */
export interface OnnxNetwork {
  /** The canonical name, with the layout that was chosen. */
  readonly network: string;
  /** The recipe by which SE is written. */
  readonly lowering: string;
  /** The bytes of the file. */
  readonly onnx: Uint8Array;
  readonly weights: ExportedWeights;
  /** The images that the weights are made for; the file's metadata says the same. */
  readonly preprocessing: ExportPreprocessing;
  /**
   * The agreement with the naive form's logits, or null where nothing was compared: for the
   * naive form itself, and at other precisions than fp32.
   */
  readonly parity: LogitAgreement | null;
}

/** The origin of the weights in an exported file. */
export interface ExportedWeights {
  /** `trained` weights ship, `seeded` ones have learned nothing, and `checkpoint` is a file. */
  readonly kind: "trained" | "seeded" | "checkpoint";
  /** The origin in words. */
  readonly description: string;
  /** The SHA-256 of the weights' values, in hexadecimal. */
  readonly hash: string;
}

/** How images are made ready for a network. */
export interface ExportPreprocessing {
  /** The side of an image in pixels. */
  readonly size: number;
  /** The mean of red, green and blue in 0..1, or null where the weights do not tell it. */
  readonly mean: readonly number[] | null;
  /** The standard deviation of red, green and blue, or null where the weights do not tell it. */
  readonly deviation: readonly number[] | null;
}

/** The agreement of the logits of two forms of a network on real images. */
export interface LogitAgreement {
  /** The largest difference of an image's logits, relative to its greatest logit. */
  readonly relative: number;
  /** The share of the images of which both forms give the same class. */
  readonly top1Agreement: number;
  /** The relative difference up to which the forms agree. */
  readonly tolerance: number;
  readonly pass: boolean;
}

/**
 * Writes a network as ONNX. For a rewritten form in fp32 its logits are compared with the
 * naive form's, both run by onnxruntime-node on this machine.
 *
 * @throws InputError for a network, a recipe or a file that cannot be read or does not fit
 */
export async function exportNetwork(options: ExportOptions): Promise<OnnxNetwork> {
  const { bytes, network, lowering, parity, member } = await writeNetwork({
    network: options.network,
    layout: options.layout ?? null,
    format: "onnx",
    weights: readWeights(options),
    seed: options.seed ?? defaultSeed,
    batch: options.batch ?? 1,
    imageSize: options.imageSize ?? null,
    precision: options.precision ?? "fp32",
    int8Keep: null,
    lowering: options.lowering ?? null,
    tunedFor: null,
  });
  const { origin, hash, preprocessing } = member;
  const weights = { kind: origin.kind, description: describeOrigin(origin), hash };
  return { network, lowering, onnx: bytes, weights, preprocessing, parity };
}

function readWeights({ weights, weightsPrefix }: ExportOptions): MemberChoice["weights"] {
  if (weights === undefined) return { kind: "shipped" };
  if (weights === seededWord) return { kind: "seeded" };
  return { kind: "file", path: weights, prefix: weightsPrefix ?? null };
}
