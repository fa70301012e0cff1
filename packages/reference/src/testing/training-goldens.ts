import { readFileSync } from "node:fs";
import { elementCount } from "@sebench/spec";
import { goldenImages, goldenParameter } from "../golden-values.ts";

/** The options with which PyTorch trained, from weights by formula. */
export interface TrainingOptions {
  /** The number of images in a step. */
  readonly batch: number;
  readonly rate: number;
  readonly momentum: number;
  /** The weight decay of layers; biases and batch norms do not decay. */
  readonly weightDecay: number;
}

/** The results of PyTorch in a few steps of gradient descent, in float64. */
export interface TrainingGolden {
  readonly network: string;
  readonly imageSize: number;
  /** The cross-entropy in nats before each step, and the number of images classified correctly. */
  readonly steps: readonly { readonly loss: number; readonly correct: number }[];
  /** Each parameter's Euclidean norm and first values after the last step. */
  readonly after: Readonly<
    Record<string, { readonly norm: number; readonly first: readonly number[] }>
  >;
}

/** Reads the file of `scripts/make_training_golden.py`: the options in one line, then a golden a line. */
export function trainingGoldens(): {
  options: TrainingOptions;
  goldens: readonly TrainingGolden[];
} {
  const text = readFileSync(new URL("../../golden/training.jsonl", import.meta.url), "utf8");
  const [options, ...goldens] = text.trim().split("\n");
  return {
    options: JSON.parse(options!) as TrainingOptions,
    goldens: goldens.map((line) => JSON.parse(line) as TrainingGolden),
  };
}

/** The images `[batch, 3, size, size]` and labels (0..9) of a step, the first of which is step 0. */
export function trainingBatch(step: number, batch: number, size: number) {
  const images = goldenImages(`step${step}`, [batch, 3, size, size]);
  return { images, labels: Int32Array.from({ length: batch }, (_, at) => (at * (step + 3)) % 10) };
}

export function goldenWeights(parameters: readonly { name: string; shape: readonly number[] }[]) {
  return new Map(parameters.map(({ name, shape }) => [name, goldenParameter(name, shape)]));
}

/** Copies NCHW values into the order of NHWC. */
export function channelsLast({ shape, data }: ReturnType<typeof goldenImages>): Float32Array {
  const [, channels, height, width] = shape as [number, number, number, number];
  const plane = height * width;
  const result = new Float32Array(elementCount(shape));
  for (let at = 0; at < data.length; at++) {
    const [image, within] = [Math.floor(at / (channels * plane)), at % (channels * plane)];
    const [channel, pixel] = [Math.floor(within / plane), within % plane];
    result[(image * plane + pixel) * channels + channel] = data[at]!;
  }
  return result;
}
