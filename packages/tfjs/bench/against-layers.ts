/**
 * This program measures a network of this package beside the same network in `tf.layers`,
 * in turns, in Node: `pnpm --filter @sebench/tfjs bench:layers`. The ratio is that of this
 * package's time to the time of `tf.layers`, with a 95 % interval from replicas, in which
 * both are made anew. `tf.layers` is measured as people write it, with batch norms as
 * layers and `predict`, and at its best, with batch norms folded and `predictOnBatch`.
 */
import { lower } from "@sebench/lowering";
import { median, overheadEstimate, type PairedRounds, seededRandom } from "@sebench/measure";
import { relativeError } from "@sebench/reference/testing";
import { buildNetwork, elementCount, inputShape, type Network, type Tensor } from "@sebench/spec";
import { foldBatchNorm, seededWeights, type Weights } from "@sebench/weights";
import * as tf from "@tensorflow/tfjs-core";
import { tfjsEngine, type TfjsBinding } from "../src/index.ts";
import { layersModel } from "./layers-model.ts";
import { isNodeRuntime, nodeBindings } from "./open-binding.ts";
import { visitInTurns } from "./visit-in-turns.ts";

const networks = [
  { name: "resnet20", imageSize: 32 },
  { name: "se-resnet20", imageSize: 32 },
  { name: "resnet18", imageSize: 112 },
  { name: "se-resnet18", imageSize: 112 },
] as const;
const opponents = ["as written", "folded"] as const;
type Opponent = (typeof opponents)[number];

const replicas = 4;
const visits = { rounds: Number(process.argv[3] ?? 12), leastRuns: 3, ms: 60 };
const highestRatio = 1;
const batch = 1;

/** A program that turns the same images into logits, over and over. */
interface Contender {
  run(): Promise<Float32Array>;
  dispose(): Promise<void>;
}

const id = process.argv[2];
if (!isNodeRuntime(id)) {
  throw new Error(`give a runtime: ${Object.keys(nodeBindings).join(" or ")}`);
}
const binding = nodeBindings[id]();
await binding.start();
const random = seededRandom(1);
console.log(`${id}, ${replicas} replicas of ${visits.rounds} rounds, batch ${batch}`);
for (const { name, imageSize } of networks) {
  const network = buildNetwork(name, { imageSize });
  for (const opponent of opponents) await compare(network, imageSize, opponent);
}

async function compare(network: Network, imageSize: number, opponent: Opponent): Promise<void> {
  const weights = seededWeights(network, 1);
  const measured: PairedRounds[] = [];
  let difference = 0;
  for (let replica = 0; replica < replicas; replica++) {
    const ours = await openOurs(binding, network, weights);
    const layers = openLayers(network, weights, opponent);
    difference = relativeError(await ours.run(), await layers.run());
    measured.push(await visitInTurns({ se: ours, plain: layers }, visits, random));
    await Promise.all([ours.dispose(), layers.dispose()]);
  }
  const { ratio, interval } = overheadEstimate(measured);
  const [ourMs, layersMs] = (["se", "plain"] as const).map((member) =>
    median(measured.flatMap(({ members }) => members[member].samplesMs.map(median))).toFixed(2),
  );
  const [low, high] = interval!.map((bound) => bound.toFixed(3));
  console.log(
    `${network.name} at ${imageSize}, tf.layers ${opponent}: ${ourMs} ms to ${layersMs} ms, ` +
      `ratio ${ratio.toFixed(3)} [${low}, ${high}]; logits differ by ${difference.toExponential(1)}`,
  );
  if (ratio > highestRatio) process.exitCode = 1;
}

async function openOurs(of: TfjsBinding, network: Network, weights: Weights): Promise<Contender> {
  const engine = tfjsEngine(of);
  const options = { batch, precision: "fp32" } as const;
  const model = await engine.encode(lower(network, weights, "gemm"), options);
  const session = await engine.prepare(model, options);
  const staged = await session.stage(nchw(network));
  return {
    run: () => session.run(staged),
    dispose: async () => session[Symbol.asyncDispose](),
  };
}

/** Opens a model of `tf.layers`, which reads as many pixels as a session does, in its own layout. */
function openLayers(network: Network, weights: Weights, opponent: Opponent): Contender {
  const lowered = lower(network, weights, "gemm");
  const folded = foldBatchNorm(lowered.network, lowered.weights);
  const model =
    opponent === "folded"
      ? layersModel(folded.network, new Map(folded.weights), batch)
      : layersModel(lowered.network, lowered.weights, batch);
  const pixels = nhwc(network);
  const [channels, height, width] = inputShape(network);
  return {
    async run() {
      const logits = tf.tidy(() => {
        const images = tf.tensor4d(pixels, [batch, height, width, channels]);
        const made = opponent === "folded" ? model.predictOnBatch(images) : model.predict(images);
        return made as tf.Tensor;
      });
      const data = (await logits.data()) as Float32Array;
      logits.dispose();
      return data;
    },
    async dispose() {
      model.dispose();
    },
  };
}

function nchw(network: Network): Tensor {
  const shape = [batch, ...inputShape(network)];
  const data = Float32Array.from({ length: elementCount(shape) }, (_, at) => Math.sin(at * at));
  return { shape, data };
}

function nhwc(network: Network): Float32Array {
  const [channels, height, width] = inputShape(network);
  const { data } = nchw(network);
  const pixels = height * width;
  return data.map((_, at) => data[(at % channels) * pixels + Math.floor(at / channels)]!);
}
