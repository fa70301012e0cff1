/** A distribution of a number, given by weights at points that lie equally far apart. */
export interface GridDistribution {
  /** The first point. */
  readonly from: number;
  /** The distance from each point to the next, above 0. */
  readonly step: number;
  /** The weight at each point, up to a common factor. Between points, a weight is spread evenly. */
  readonly weights: Float64Array;
}

/** The value below which a share of the distribution lies. */
export function quantileOf({ from, step, weights }: GridDistribution, share: number): number {
  const below = sumsOf(weights);
  const wanted = share * below[weights.length]!;
  let at = 0;
  while (at < weights.length - 1 && below[at + 1]! < wanted) at++;
  const within = weights[at]! > 0 ? (wanted - below[at]!) / weights[at]! : 0.5;
  return from + step * (at - 0.5 + Math.min(1, within));
}

/** The share of the distribution that lies below a value. */
export function shareBelow({ from, step, weights }: GridDistribution, value: number): number {
  return sumUpTo(sumsOf(weights), (value - from) / step + 0.5) / sumsOf(weights)[weights.length]!;
}

/** The points of a difference of two distributions. */
const points = 241;
/** How far a normal distribution is drawn, in standard deviations to either side. */
const reach = 6;

/**
 * The distribution of `minuend - subtrahend + noise`, for independent numbers of which the noise is
 * normal around 0.
 *
 * @param noise The variance of the noise, or 0 for none.
 */
export function differenceOf(
  minuend: GridDistribution,
  subtrahend: GridDistribution,
  noise: number,
): GridDistribution {
  // The weights of the narrower one are taken for points, and those of the wider one are not.
  if (minuend.step < subtrahend.step) return mirrored(differenceOf(subtrahend, minuend, noise));
  const tail = reach * Math.sqrt(noise);
  const least = startOf(minuend) - endOf(subtrahend) - tail;
  const step = (endOf(minuend) - startOf(subtrahend) + tail - least) / points;
  const below = sumsOf(minuend.weights);
  const upTo = Float64Array.from({ length: points + 1 }, (_, at) => {
    const value = least + at * step;
    let sum = 0;
    for (let index = 0; index < subtrahend.weights.length; index++) {
      const other = subtrahend.from + index * subtrahend.step;
      const place = (value + other - minuend.from) / minuend.step + 0.5;
      sum += subtrahend.weights[index]! * sumUpTo(below, place);
    }
    return sum;
  });
  const weights = Float64Array.from({ length: points }, (_, at) => upTo[at + 1]! - upTo[at]!);
  const spread = noise === 0 ? weights : blurred(weights, Math.sqrt(noise) / step);
  return { from: least + step / 2, step, weights: spread };
}

/** The distribution of the number with the other sign. */
function mirrored({ from, step, weights }: GridDistribution): GridDistribution {
  return { from: -(from + step * (weights.length - 1)), step, weights: weights.toReversed() };
}

const startOf = ({ from, step }: GridDistribution) => from - step / 2;
const endOf = ({ from, step, weights }: GridDistribution) => from + step * (weights.length - 0.5);

/** The sum of all weights before each point, and of all. */
function sumsOf(weights: Float64Array): Float64Array {
  const sums = new Float64Array(weights.length + 1);
  for (let at = 0; at < weights.length; at++) sums[at + 1] = sums[at]! + weights[at]!;
  return sums;
}

/** The weight before a place, in points and parts of a point. */
function sumUpTo(sums: Float64Array, place: number): number {
  const last = sums.length - 1;
  if (place <= 0) return 0;
  if (place >= last) return sums[last]!;
  const at = Math.floor(place);
  return sums[at]! + (place - at) * (sums[at + 1]! - sums[at]!);
}

/** The weights, each spread by a normal distribution whose standard deviation is so many steps. */
function blurred(weights: Float64Array, deviation: number): Float64Array {
  const most = Math.ceil(reach * deviation);
  const kernel = Float64Array.from({ length: 2 * most + 1 }, (_, at) =>
    Math.exp(-(((at - most) / deviation) ** 2) / 2),
  );
  const sum = kernel.reduce((all, weight) => all + weight, 0);
  const spread = new Float64Array(weights.length);
  for (let to = 0; to < spread.length; to++) {
    const first = Math.max(0, to - most);
    const last = Math.min(weights.length - 1, to + most);
    for (let at = first; at <= last; at++) {
      spread[to]! += (weights[at]! * kernel[to - at + most]!) / sum;
    }
  }
  return spread;
}
