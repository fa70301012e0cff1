import type { Normalisation } from "./normalise.ts";
import { type ColourImage, type Interpolation, resample } from "./resample.ts";

export type PreprocessingName =
  | "torchvision"
  | "torchvision-v2"
  | "timm"
  | "timm-0.95"
  | "timm-1.0"
  | "timm-legacy"
  | "inception";

/**
 * The size of the shorter edge before the crop. torchvision states the edge and the
 * crop, and other sizes keep their ratio; timm states the part of the edge that the
 * crop keeps, and rounds down.
 */
type Resize = { readonly edge: number; readonly crop: number } | { readonly cropShare: number };

interface Preprocessing {
  readonly resize: Resize;
  readonly interpolation: Interpolation;
  readonly normalisation: Normalisation;
}

/** The normalisation by the mean and the deviation of ImageNet's training images. */
const imagenet: Normalisation = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
};
/** The normalisation that brings 0..1 to -1..1. */
const inception: Normalisation = { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] };

/**
 * The preprocessing with which published weights were evaluated, from torchvision's
 * `Weights` and timm's `default_cfgs`.
 */
const preprocessings: Readonly<Record<PreprocessingName, Preprocessing>> = {
  /** The preprocessing of `IMAGENET1K_V1` of ResNet, ResNeXt and VGG. */
  torchvision: {
    resize: { edge: 256, crop: 224 },
    interpolation: "bilinear",
    normalisation: imagenet,
  },
  /** The preprocessing of `IMAGENET1K_V2` of ResNet and ResNeXt. */
  "torchvision-v2": {
    resize: { edge: 232, crop: 224 },
    interpolation: "bilinear",
    normalisation: imagenet,
  },
  /**
   * The preprocessing of `*.gluon_in1k`, `seresnet50.ra2_in1k` and
   * `seresnext50_32x4d.racm_in1k`, all at 224.
   */
  timm: { resize: { cropShare: 0.875 }, interpolation: "bicubic", normalisation: imagenet },
  /**
   * The preprocessing of `*.a1_in1k`, `*.a2_in1k` and `*.a3_in1k` at 224, and of
   * `*.ra2_in1k` and `*.racm_in1k` at 288.
   */
  "timm-0.95": { resize: { cropShare: 0.95 }, interpolation: "bicubic", normalisation: imagenet },
  /** The preprocessing of `*.a1_in1k` and `*.a2_in1k` at 288. */
  "timm-1.0": { resize: { cropShare: 1 }, interpolation: "bicubic", normalisation: imagenet },
  /**
   * The preprocessing of `legacy_senet154`, `legacy_seresnet50` and deeper, which are the
   * weights of the paper's authors and Cadene's.
   */
  "timm-legacy": {
    resize: { cropShare: 0.875 },
    interpolation: "bilinear",
    normalisation: imagenet,
  },
  /** The preprocessing of `inception_resnet_v2.tf_in1k`, at 299. */
  inception: { resize: { cropShare: 0.8975 }, interpolation: "bicubic", normalisation: inception },
};

export const preprocessingNames = Object.keys(preprocessings) as readonly PreprocessingName[];

/** The length of the resized image's shorter edge, in pixels. */
function edgeOf(resize: Resize, size: number): number {
  if ("cropShare" in resize) return Math.floor(size / resize.cropShare);
  return Math.round((size * resize.edge) / resize.crop);
}

/** A preprocessing in words, for the report. */
export function describePreprocessing(name: PreprocessingName, size: number): string {
  const { resize, interpolation, normalisation } = preprocessings[name];
  const edge = edgeOf(resize, size);
  return (
    `${name}: shorter edge at ${edge} pixels (${interpolation}, as PIL), centre crop of ${size}; ` +
    `RGB in 0..1 less the mean ${normalisation.mean.join(", ")}, ` +
    `by the standard deviation ${normalisation.deviation.join(", ")}`
  );
}

export function normalisationOf(name: PreprocessingName): Normalisation {
  return preprocessings[name].normalisation;
}

/**
 * Brings an image to the network's size as torchvision's `Resize` and
 * `CenterCrop` do: the longer edge is rounded down, and half a pixel of margin
 * goes to the even side.
 *
 * @returns The crop, as bytes `[size, size, 3]`.
 */
export function crop(image: ColourImage, name: PreprocessingName, size: number): Uint8Array {
  const { resize, interpolation } = preprocessings[name];
  const edge = edgeOf(resize, size);
  const shorter = Math.min(image.width, image.height);
  const window = (side: number) => {
    const length = side === shorter ? edge : Math.trunc((edge * side) / shorter);
    return { length, first: roundHalfToEven((length - size) / 2), count: size };
  };
  return resample(image, interpolation, window(image.width), window(image.height));
}

/** The whole number nearest to a value, as Python's `round` gives it. */
export function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
