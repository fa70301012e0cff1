/**
 * This program measures a step of this package's training beside `trainOnBatch` of the same
 * network in `tf.layers`, in turns, on tfjs-node:
 * `pnpm --filter @sebench/tfjs bench:training [ROUNDS]`. The ratio is that of this package's
 * time to the time of `tf.layers`, with a 95 % interval from replicas, in which both are
 * made anew.
 */
import { lower } from "@sebench/lowering";
import { median, overheadEstimate, type PairedRounds, seededRandom } from "@sebench/measure";
import { buildNetwork, type Network } from "@sebench/spec";
import { initialWeights } from "@sebench/weights";
import type { LayersModel } from "@tensorflow/tfjs-layers";
// The package is imported by its path, since `runtime-tfjs-node` depends on this package.
import { openTraining } from "../../runtime-tfjs-node/src/training.ts";
import { Sgd, TrainableNetwork, trainStep } from "../src/training/index.ts";
import { layersModel } from "./layers-model.ts";
import { visitInTurns } from "./visit-in-turns.ts";

const networks = ["resnet8", "se-resnet8", "resnet20", "se-resnet20"];
const imageSize = 28;
const batch = 128;
const classes = 10;
const options = { momentum: 0.9, weightDecay: 0 };
const rate = 0.05;
const replicas = 4;
const visits = { rounds: Number(process.argv[2] ?? 4), leastRuns: 2, ms: 0 };
const highestRatio = 1;

const { tf, kernels, version } = await openTraining("cpu", null);
const random = seededRandom(1);
const shape = [batch, imageSize, imageSize, 3] as const;
const images = Float32Array.from({ length: batch * imageSize ** 2 * 3 }, (_, at) =>
  Math.sin(at * at),
);
const labels = Int32Array.from({ length: batch }, (_, image) => image % classes);

console.log(`${version}, ${replicas} replicas of ${visits.rounds} rounds, batch ${batch}`);
for (const name of networks) await compare(buildNetwork(name, { imageSize }));

async function compare(network: Network): Promise<void> {
  const measured: PairedRounds[] = [];
  let losses: readonly number[] = [];
  for (let replica = 0; replica < replicas; replica++) {
    const ours = openOurs(network);
    const layers = openLayers(network);
    losses = [await ours.run(), await layers.run()];
    measured.push(await visitInTurns({ se: ours, plain: layers }, visits, random));
    ours.dispose();
    layers.dispose();
  }
  const { ratio, interval } = overheadEstimate(measured);
  const [ourMs, layersMs] = (["se", "plain"] as const).map((member) =>
    median(measured.flatMap(({ members }) => members[member].samplesMs.map(median))).toFixed(0),
  );
  const [low, high] = interval!.map((bound) => bound.toFixed(3));
  console.log(
    `${network.name} at ${imageSize}: ${ourMs} ms to ${layersMs} ms, ratio ${ratio.toFixed(3)} ` +
      `[${low}, ${high}]; losses of the first step ${losses.map((loss) => loss.toFixed(5)).join(" and ")}`,
  );
  if (ratio > highestRatio) process.exitCode = 1;
}

function openOurs(network: Network) {
  const trainable = new TrainableNetwork(tf, kernels, network, initialWeights(network, 1));
  const sgd = new Sgd(tf, trainable, options);
  return {
    run: async () => (await trainStep(tf, trainable, sgd, { images, labels, shape }, rate)).loss,
    dispose() {
      sgd.dispose();
      trainable.dispose();
    },
  };
}

/** Opens training in `tf.layers`; images and labels are uploaded at each step, as by this package. */
function openLayers(network: Network) {
  const { network: lowered, weights } = lower(network, initialWeights(network, 1), "gemm");
  const model: LayersModel = layersModel(lowered, weights, batch);
  model.compile({
    optimizer: tf.train.momentum(rate, options.momentum),
    loss: (truth, logits) => tf.losses.softmaxCrossEntropy(truth, logits),
  });
  return {
    async run() {
      const x = tf.tensor4d(images, [...shape]);
      const y = tf.tidy(() => tf.oneHot(tf.tensor1d(labels, "int32"), classes));
      const loss = await model.trainOnBatch(x, y);
      tf.dispose([x, y]);
      return loss as number;
    },
    dispose: () => model.dispose(),
  };
}
