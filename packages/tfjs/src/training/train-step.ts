import type { Scalar, Tensor1D } from "@tensorflow/tfjs-core";
import type { Tfjs } from "../session/binding.ts";
import type { Sgd } from "./sgd.ts";
import type { TrainableNetwork } from "./trainable-network.ts";

/** The outcome of a step on one batch. */
export interface StepOutcome {
  /** The cross-entropy in nats, a mean over the batch, without weight decay. */
  readonly loss: number;
  /** The number of images whose largest logit is of their class. */
  readonly correct: number;
}

export interface Batch {
  /** The images `[batch, height, width, channels]`. */
  readonly images: Float32Array;
  /** The classes of the images, `[batch]`. */
  readonly labels: Int32Array;
  readonly shape: readonly [number, number, number, number];
}

/** Takes one step of gradient descent on one batch. */
export async function trainStep(
  tf: Tfjs,
  network: TrainableNetwork,
  sgd: Sgd,
  batch: Batch,
  rate: number,
): Promise<StepOutcome> {
  const images = tf.tensor4d(batch.images, [...batch.shape]);
  const labels = tf.tensor1d(batch.labels, "int32");
  const variables = [...network.variables.values()];
  let correct: Scalar | null = null;
  const { value, grads } = tf.variableGrads(() => {
    const logits = network.logits(images);
    correct = tf.keep(countCorrect(tf, logits, labels));
    const classes = logits.shape[1];
    return tf.losses.softmaxCrossEntropy(tf.oneHot(labels, classes), logits) as Scalar;
  }, variables);
  sgd.step(grads, rate);
  network.updateStatistics();
  const outcome = { loss: (await value.data())[0]!, correct: (await correct!.data())[0]! };
  tf.dispose([images, labels, value, correct!, ...Object.values(grads)]);
  return outcome;
}

function countCorrect(
  tf: Tfjs,
  logits: ReturnType<TrainableNetwork["logits"]>,
  labels: Tensor1D,
): Scalar {
  return tf.tidy(() => tf.sum(tf.cast(tf.equal(tf.argMax(logits, 1), labels), "int32")) as Scalar);
}
