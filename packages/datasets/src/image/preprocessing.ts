import { InputError } from "@sebench/spec";
import {
  fashionMnistNormalisation,
  fashionMnistSide,
} from "../fashion-mnist/fashion-mnist-image.ts";
import type { Normalisation } from "./normalise.ts";
import { type ColourImage, type Interpolation, resample } from "./resample.ts";

export type PreprocessingName =
  | "torchvision"
  | "torchvision-v2"
  | "timm"
  | "timm-0.95"
  | "timm-1.0"
  | "timm-legacy"
  | "inception"
  | "fashion-mnist"
  | "cifar10"
  | "cifar100";

/**
 * The way to the network's size. The first two bring the shorter edge to a length that grows with
 * the network's size, and crop: torchvision states the edge and the crop, and other sizes keep their
 * ratio; timm states the part of the edge that the crop keeps, and rounds down.
 */
type Resize =
  | { readonly edge: number; readonly crop: number }
  | { readonly cropShare: number }
  /** The shorter edge is brought to this many pixels at every size of the network, and cropped. */
  | { readonly shorter: number }
  /** Both edges are brought to the network's size, whatever the image's shape. */
  | { readonly kind: "both" }
  /** Images have the network's size already. */
  | { readonly kind: "none" }
  /** Images of this side are set in the middle of black; others have the network's size already. */
  | { readonly padded: number };

export interface Preprocessing {
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
  /** The preprocessing of the weights that ship here, and of those that `pnpm train` makes. */
  "fashion-mnist": {
    resize: { padded: fashionMnistSide },
    interpolation: "bilinear",
    normalisation: fashionMnistNormalisation,
  },
  /** The preprocessing of chenyaofo's pytorch-cifar-models and of kuangliu's pytorch-cifar. */
  cifar10: {
    resize: { kind: "none" },
    interpolation: "bilinear",
    normalisation: { mean: [0.4914, 0.4822, 0.4465], deviation: [0.2023, 0.1994, 0.201] },
  },
  /** The preprocessing of chenyaofo's pytorch-cifar-models. */
  cifar100: {
    resize: { kind: "none" },
    interpolation: "bilinear",
    normalisation: { mean: [0.507, 0.4865, 0.4409], deviation: [0.2673, 0.2564, 0.2761] },
  },
};

export const preprocessingNames = Object.keys(preprocessings) as readonly PreprocessingName[];

/** A preprocessing by its name, or one of the person's own. */
export type PreprocessingChoice = PreprocessingName | Preprocessing;

/** A preprocessing of which some parts are the person's own. */
export function ownPreprocessing(
  from: PreprocessingChoice,
  own: Partial<Preprocessing>,
): Preprocessing {
  return { ...partsOf(from), ...own };
}

function partsOf(choice: PreprocessingChoice): Preprocessing {
  return typeof choice === "string" ? preprocessings[choice] : choice;
}

/**
 * The lengths of an image's edges before the crop: the longer edge is rounded down, as in
 * torchvision's `Resize`.
 *
 * @throws Error if images are not resized, and this one has another size than the network's
 */
function lengthsOf(
  { width, height }: Pick<ColourImage, "width" | "height">,
  resize: Resize,
  size: number,
): readonly [number, number] {
  if ("kind" in resize && resize.kind === "both") return [size, size];
  if ("kind" in resize || "padded" in resize) {
    const sides = "padded" in resize ? [resize.padded, size] : [size];
    const fits = sides.some((side) => side <= size && width === side && height === side);
    if (fits) return [width, height];
    const asked = [...new Set(sides)].map((side) => `${side} x ${side}`).join(" or ");
    throw new Error(
      `it has ${width} x ${height} pixels and not ${asked}, and is not resized ` +
        "(--resize shorter or both would)",
    );
  }
  const edge = edgeOf(resize, size);
  const shorter = Math.min(width, height);
  const lengthOf = (side: number) => {
    return side === shorter ? edge : Math.trunc((edge * side) / shorter);
  };
  return [lengthOf(width), lengthOf(height)];
}

type ShorterEdge = Exclude<Resize, { readonly kind: string } | { readonly padded: number }>;

/** The length of the resized image's shorter edge, in pixels. */
function edgeOf(resize: ShorterEdge, size: number): number {
  if ("shorter" in resize) return resize.shorter;
  if ("cropShare" in resize) return Math.floor(size / resize.cropShare);
  return Math.round((size * resize.edge) / resize.crop);
}

/** A preprocessing in words, for the report. */
export function describePreprocessing(
  choice: PreprocessingChoice,
  size: number | ImageFrame,
): string {
  const { resize, interpolation, normalisation } = partsOf(choice);
  const name = typeof choice === "string" ? choice : "own";
  return (
    `${name}: ${describeResize(resize, interpolation, size)}; ` +
    `RGB in 0..1 less the mean ${normalisation.mean.join(", ")}, ` +
    `by the standard deviation ${normalisation.deviation.join(", ")}`
  );
}

function describeResize(
  resize: Resize,
  interpolation: Interpolation,
  sizes: number | ImageFrame,
): string {
  const { height, width } = typeof sizes === "number" ? { height: sizes, width: sizes } : sizes;
  if (height !== width) {
    const isBoth = "kind" in resize && resize.kind === "both";
    if (isBoth) return `resized to ${height} x ${width} (${interpolation}, as PIL)`;
    return `images of ${height} x ${width} as they are`;
  }
  const size = width;
  const network = `${size} x ${size}`;
  if ("padded" in resize) {
    const padded = `images of ${resize.padded} x ${resize.padded}`;
    if (resize.padded === size) return `${padded} as they are`;
    return `${padded} in the middle of black, those of ${network} as they are`;
  }
  if ("kind" in resize) {
    if (resize.kind === "none") return `images of ${network} as they are`;
    return `both edges at ${size} pixels (${interpolation}, as PIL)`;
  }
  const edge = edgeOf(resize, size);
  return `shorter edge at ${edge} pixels (${interpolation}, as PIL), centre crop of ${size}`;
}

export function normalisationOf(choice: PreprocessingChoice): Normalisation {
  return partsOf(choice).normalisation;
}

/**
 * Brings an image to the network's size as torchvision's `Resize` and
 * `CenterCrop` do: half a pixel of margin goes to the even side.
 *
 * @returns The crop, as bytes `[size, size, 3]`.
 * @throws Error if images are not resized, and this one has another size than the network's
 */
export function crop(image: ColourImage, choice: PreprocessingChoice, size: number): Uint8Array {
  const { resize, interpolation } = partsOf(choice);
  const [width, height] = lengthsOf(image, resize, size);
  if ("padded" in resize) return inTheMiddle(image, size);
  const window = (length: number) => {
    return { length, first: roundHalfToEven((length - size) / 2), count: size };
  };
  return resample(image, interpolation, window(width), window(height));
}

/** The sizes of the images that a model takes, in pixels. */
export interface ImageFrame {
  readonly height: number;
  readonly width: number;
}

/**
 * Throws an `InputError` unless a preprocessing gives images of these sizes: what crops gives
 * squares alone.
 */
export function requireFrame(choice: PreprocessingChoice, { height, width }: ImageFrame): void {
  const { resize } = partsOf(choice);
  if (height === width || "kind" in resize) return;
  throw new InputError(
    `the model takes images of ${height} x ${width}, and the preprocessing crops squares`,
    { remedy: "add --resize both, which brings both edges to the model's sizes" },
  );
}

/**
 * Brings an image to the sizes of a model, which need be no square.
 *
 * @returns The image, as bytes `[height, width, 3]`.
 * @throws Error if images are not resized, and this one has other sizes
 */
export function frame(
  image: ColourImage,
  choice: PreprocessingChoice,
  { height, width }: ImageFrame,
): Uint8Array {
  if (height === width) return crop(image, choice, width);
  const { resize, interpolation } = partsOf(choice);
  if ("kind" in resize && resize.kind === "both") {
    const whole = (length: number) => ({ length, first: 0, count: length });
    return resample(image, interpolation, whole(width), whole(height));
  }
  if (image.height === height && image.width === width) return image.pixels;
  throw new Error(
    `it has ${image.height} x ${image.width} pixels and not ${height} x ${width}, and is not ` +
      "resized (--resize both would)",
  );
}

/** Sets an image that is no larger than the network's in the middle of black. */
function inTheMiddle({ width, height, pixels }: ColourImage, size: number): Uint8Array {
  const result = new Uint8Array(size * size * 3);
  const [left, top] = [Math.floor((size - width) / 2), Math.floor((size - height) / 2)];
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * width * 3, (y + 1) * width * 3);
    result.set(row, ((y + top) * size + left) * 3);
  }
  return result;
}

/** The whole number nearest to a value, as Python's `round` gives it. */
export function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
