import type { Dataset } from "@sebench/datasets";
import type { Engine } from "@sebench/runtime";
import { buildNetwork } from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import type { TrainingSettings } from "./settings.ts";

/** Divides Fashion-MNIST's 10,000 test images. */
const batch = 100;

export interface Recognised {
  /** Those that were run: only whole batches are. */
  readonly images: number;
  readonly correct: number;
}

/** How many test images the network recognises on an engine, as the bench runs it: batch norms folded. */
export async function countRecognised(
  engine: Engine,
  { network: name, imageSize }: TrainingSettings,
  weights: Weights,
  test: Dataset,
): Promise<Recognised> {
  const network = buildNetwork(name, { imageSize });
  const options = { batch, precision: "fp32" } as const;
  const lowered = { network, weights, lowering: "conv1x1" } as const;
  await using session = await engine.prepare(await engine.encode(lowered, options), options);
  let images = 0;
  let correct = 0;
  while (images + batch <= test.count) {
    const read = await test.read(images, batch);
    const logits = await session.run(await session.stage(read.images));
    correct += countCorrect(logits, read.labels);
    images += batch;
  }
  return { images, correct };
}

function countCorrect(logits: Float32Array, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  return labels.reduce((correct, label, image) => {
    const own = logits.subarray(image * classes, (image + 1) * classes);
    return correct + (own.every((logit, index) => index === label || logit < own[label]!) ? 1 : 0);
  }, 0);
}
