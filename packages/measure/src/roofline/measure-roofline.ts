import type { ActivationRanges, Engine, Precision } from "@sebench/runtime";
import { elementCount, inputShape, type Network, type Tensor } from "@sebench/spec";
import { now as performanceNow } from "tinybench";
import { withSessions } from "../session/opened-sessions.ts";
import { type Clock, visit } from "../session/visit.ts";
import { bytesPerValue, type Roofline } from "./overhead-bound.ts";
import {
  computingProbe,
  type Probe,
  readingProbe,
  type Shape,
  withWeights,
  workOf,
} from "./probe-network.ts";

/** The request for a roofline: plain data, which may be sent to a process or page. */
export interface RooflineRequest {
  /** The images in one run. */
  readonly batch: number;
  readonly precision: Precision;
  /**
   * The parameters of the network with SE, whose number decides which cache, if any, they
   * stay in.
   */
  readonly parameters: number;
  /**
   * The multiply-accumulates of the plain network for one image; a probe computes no more,
   * or no more than 30 M.
   */
  readonly macs: number;
  /** The time for all runs; preparing comes on top. */
  readonly budgetMs: number;
}

/** The most bytes of parameters that a reading probe has; a smaller probe is no slower. */
const mostBytes = 2 ** 26;

/**
 * The numbers of parameters and multiply-accumulates that take long enough to be told from
 * the cost of a run.
 */
const wellTimed = { parameters: 2 ** 20, macs: 3e7 };

/**
 * The time that a visit takes at least: long runs count one by one, and short ones by
 * their mean, since a page's clock may tell no less than 0.1 ms.
 */
const visitMs = 2;

/**
 * The number of times that each probe is prepared, since where its parameters come to
 * lie in memory may make them twice as slow to read.
 */
const sessions = 3;

/** The fewest visits to a session. */
const fewestVisits = 3;

/**
 * The shapes of computing probes, from little work to much; runtimes differ in which they
 * are best at.
 */
const shapes: readonly Shape[] = [
  { kernel: 3, channels: 16, pixels: 32 },
  { kernel: 3, channels: 64, pixels: 28 },
  { kernel: 1, channels: 256, pixels: 28 },
  { kernel: 3, channels: 128, pixels: 28 },
  { kernel: 1, channels: 512, pixels: 28 },
  { kernel: 3, channels: 256, pixels: 56 },
];

/** The number of shapes that are tried. */
const shapesTried = 3;
/** The most layers of a computing probe. */
const mostLayers = 4;

/**
 * Measures how fast this engine computes and reads parameters, by networks that do
 * nothing else. A bound must not be beaten, so the fastest of several ways counts, in
 * the fastest of several sessions and visits, and the time of a run of the same
 * kernels with next to no work is subtracted. There is no warm-up, since slow visits
 * do not count.
 *
 * Parameters are read from memory or from a cache, depending on how many there
 * are, and the size of the caches is not told to a page. So the probe has as many
 * as the network: run after run, they stay where the network's would stay.
 *
 * @returns The roofline, with 0 for a rate that the runtime's own cost of a run hides.
 */
export async function measureRoofline(
  engine: Engine,
  request: RooflineRequest,
  now: Clock = performanceNow,
): Promise<Roofline> {
  const { batch, precision, parameters } = request;
  const bytesEach = bytesPerValue[precision];
  const reading = readingProbes(Math.min(parameters, mostBytes / bytesEach));
  const computing = computingProbes(Math.max(request.macs, wellTimed.macs));
  const budgetMs = request.budgetMs / (2 * (reading.length + computing.length));
  const fastest = async (
    probes: readonly Probe[],
    images: number,
    work: (probe: Probe) => number,
  ): Promise<number> => {
    const rates: number[] = [];
    for (const probe of probes) {
      const options = { batch: images, precision };
      const hollowMs = await leastMs(engine, probe.hollow, options, { budgetMs, now });
      const ms = (await leastMs(engine, probe.network, options, { budgetMs, now })) - hollowMs;
      rates.push(ms > 0 ? (1000 * work(probe)) / ms : 0);
    }
    return Math.max(0, ...rates);
  };
  const bytesPerSecond = await fastest(reading, 1, (probe) => bytesEach * workOf(probe).values);
  const peakMacsPerSecond = await fastest(computing, batch, (probe) => batch * workOf(probe).macs);
  // A parameter that is read is multiplied once, so a faster reading is a disturbed difference.
  const mostBytesPerSecond = peakMacsPerSecond > 0 ? bytesEach * peakMacsPerSecond : Infinity;
  return { peakMacsPerSecond, bytesPerSecond: Math.min(bytesPerSecond, mostBytesPerSecond) };
}

/**
 * The reading probes with as many parameters as the network has and, if reading those
 * takes too short a time to be timed well, with more, which are slower if anything.
 */
function readingProbes(values: number): Probe[] {
  const sizes = new Set([values, Math.max(values, wellTimed.parameters)]);
  return [...sizes].flatMap((size) => [readingProbe("dense", size), readingProbe("conv1x1", size)]);
}

/** The largest computing probes that need no more multiply-accumulates than `macs`. */
function computingProbes(macs: number): Probe[] {
  const fit = shapes.filter((shape) => macsOf(shape) <= macs).slice(-shapesTried);
  return fit.map((shape) => {
    const layers = Math.floor(macs / macsOf(shape));
    return computingProbe(shape, Math.min(mostLayers, layers));
  });
}

/** The multiply-accumulates of one layer. */
function macsOf({ kernel, channels, pixels }: Shape): number {
  return (kernel * channels * pixels) ** 2;
}

interface Timing {
  readonly budgetMs: number;
  readonly now: Clock;
}

/** The time of a run in the fastest visit to the fastest session. */
async function leastMs(
  engine: Engine,
  network: Network,
  { batch, precision }: Pick<RooflineRequest, "batch" | "precision">,
  { budgetMs, now }: Timing,
): Promise<number> {
  const options = { batch, precision, ranges: { [network.name]: rangesOf(network) } };
  const model = await engine.encode(withWeights(network), options);
  const images = ones([batch, ...inputShape(network)]);
  let least = Infinity;
  for (let prepared = 0; prepared < sessions; prepared++) {
    const own = await withSessions(async (keep) => {
      const session = await engine.prepare(model, options);
      keep(session);
      const input = await session.stage(images);
      return leastOfVisits(() => session.run(input), { budgetMs: budgetMs / sessions, now });
    });
    least = Math.min(least, own);
  }
  return least;
}

async function leastOfVisits(run: () => Promise<unknown>, { budgetMs, now }: Timing) {
  const deadlineMs = now() + budgetMs;
  let least = Infinity;
  for (let visits = 0; visits < fewestVisits || now() < deadlineMs; visits++) {
    const samplesMs = await visit(run, { runs: 1, atLeastMs: visitMs }, now);
    least = Math.min(least, samplesMs.reduce((sum, ms) => sum + ms, 0) / samplesMs.length);
  }
  return least;
}

function ones(shape: readonly number[]): Tensor {
  return { shape, data: new Float32Array(elementCount(shape)).fill(1) };
}

/**
 * The ranges of a probe whose input is 1 everywhere; they are rough, since no time depends
 * on them.
 */
function rangesOf({ nodes }: Network): ActivationRanges {
  return Object.fromEntries(nodes.map(({ name }) => [name, [0, 2] as const]));
}
