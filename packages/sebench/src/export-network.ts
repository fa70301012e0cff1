import { defaultSeed, exportNetwork as writeNetwork } from "@sebench/bench";
import type { Precision } from "@sebench/runtime";

export interface ExportOptions {
  /** The name of either member: `se-resnet50`, `resnet50`, `se-resnet50{r=8}`. */
  readonly network: string;
  /** The recipe by which SE is written as operators; the naive form by default. */
  readonly lowering?: string;
  /** The path of a safetensors file; weights from the seed by default. */
  readonly weights?: string;
  /** `torchvision`, `timm` or `timm-legacy`; by default as the keys of the weights' file imply. */
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
  /**
   * The agreement with the naive form's logits, or null where nothing was compared: for the
   * naive form itself, and at other precisions than fp32.
   */
  readonly parity: LogitAgreement | null;
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
  const { bytes, network, lowering, parity } = await writeNetwork({
    network: options.network,
    layout: options.layout ?? null,
    weights: options.weights ?? null,
    seed: options.seed ?? defaultSeed,
    batch: options.batch ?? 1,
    imageSize: options.imageSize ?? null,
    precision: options.precision ?? "fp32",
    lowering: options.lowering ?? null,
    tunedFor: null,
  });
  return { network, lowering, onnx: bytes, parity };
}
