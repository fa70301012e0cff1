import { readFileSync } from "node:fs";
import { elementCount } from "@sebench/spec";
import { goldenImages, goldenParameter } from "../golden-values.ts";

/** How PyTorch trained; the weights to begin with are by formula. */
export interface TrainingOptions {
  /** Images of a step. */
  readonly batch: number;
  readonly rate: number;
  readonly momentum: number;
  /** Of layers; biases and batch norms do not decay. */
  readonly weightDecay: number;
}

/** What PyTorch comes to in a few steps of gradient descent, in float64. */
export interface TrainingGolden {
  readonly network: string;
  readonly imageSize: number;
  /** `loss` is cross-entropy in nats, before the step; `correct` counts the batch's images. */
  readonly steps: readonly { readonly loss: number; readonly correct: number }[];
  /** After the last step: each parameter's Euclidean norm and its first values. */
  readonly after: Readonly<
    Record<string, { readonly norm: number; readonly first: readonly number[] }>
  >;
}

/** What `scripts/make_training_golden.py` wrote: the options in the first line, then a golden a line. */
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

/** The batch that a step takes, from 0: `[batch, 3, size, size]`, and its labels of 0..9. */
export function trainingBatch(step: number, batch: number, size: number) {
  const images = goldenImages(`step${step}`, [batch, 3, size, size]);
  return { images, labels: Int32Array.from({ length: batch }, (_, at) => (at * (step + 3)) % 10) };
}

export function goldenWeights(parameters: readonly { name: string; shape: readonly number[] }[]) {
  return new Map(parameters.map(({ name, shape }) => [name, goldenParameter(name, shape)]));
}

/** NCHW to NHWC. */
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
