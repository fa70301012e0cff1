import {
  type FashionMnist,
  fashionMnistNormalisation,
  fashionMnistSide as side,
} from "@sebench/datasets";
import { seededRandom, shuffled } from "@sebench/measure";
import type { Batch } from "@sebench/tfjs/training";
import type { TrainingSettings } from "./settings.ts";

const channels = 3;
/** The largest number of pixels by which an image is shifted. */
const reach = 2;

/** The value that each byte becomes. Mean and deviation are the same in all channels. */
const normalised = Float32Array.from({ length: 256 }, (_, byte) => {
  const { mean, deviation } = fashionMnistNormalisation;
  return (byte / 255 - mean[0]) / deviation[0];
});

/** How one image is laid into its frame. */
interface Placement {
  /** Rows that the image is moved down from the middle. */
  readonly down: number;
  /** Columns that the image is moved to the right from the middle. */
  readonly right: number;
  readonly mirrored: boolean;
}

const centred: Placement = { down: 0, right: 0, mirrored: false };

/** The number of whole batches in an epoch. Images that do not fill a batch are left out of the epoch. */
export function countBatches(
  { count }: Pick<FashionMnist, "count">,
  settings: TrainingSettings,
): number {
  return Math.floor(Math.min(count, settings.subset ?? count) / settings.batch);
}

/**
 * The batches of an epoch, in an order that the seed and the epoch decide.
 *
 * @param epoch the epoch, from 1
 */
export function* epochBatches(
  data: FashionMnist,
  settings: TrainingSettings,
  epoch: number,
): Generator<Batch> {
  const random = seededRandom(settings.seed * 1_000_003 + epoch);
  const count = Math.min(data.count, settings.subset ?? data.count);
  const order = shuffled(
    Array.from({ length: count }, (_, index) => index),
    random,
  );
  const batches = countBatches(data, settings);
  for (let batch = 0; batch < batches; batch++) {
    const indices = order.slice(batch * settings.batch, (batch + 1) * settings.batch);
    const placements = indices.map(() => (settings.augment ? randomPlacement(random) : centred));
    yield makeBatch(data, indices, placements, settings.imageSize);
  }
}

function randomPlacement(random: () => number): Placement {
  const shift = () => Math.floor(random() * (2 * reach + 1)) - reach;
  return { down: shift(), right: shift(), mirrored: random() < 0.5 };
}

function makeBatch(
  { pixels, labels }: FashionMnist,
  indices: readonly number[],
  placements: readonly Placement[],
  size: number,
): Batch {
  const length = size * size * channels;
  const images = new Float32Array(indices.length * length).fill(normalised[0]!);
  for (const [at, index] of indices.entries()) {
    const source = pixels.subarray(index * side * side, (index + 1) * side * side);
    lay(source, images.subarray(at * length, (at + 1) * length), size, placements[at]!);
  }
  return {
    images,
    labels: Int32Array.from(indices, (index) => labels[index]!),
    shape: [indices.length, size, size, channels],
  };
}

/** Lays an image into the middle of a black frame, shifted, and replicates its grey. */
function lay(source: Uint8Array, target: Float32Array, size: number, placement: Placement): void {
  const margin = (size - side) / 2;
  for (let y = 0; y < side; y++) {
    const row = y + margin + placement.down;
    if (row < 0 || row >= size) continue;
    for (let x = 0; x < side; x++) {
      const column = (placement.mirrored ? side - 1 - x : x) + margin + placement.right;
      if (column < 0 || column >= size) continue;
      const value = normalised[source[y * side + x]!]!;
      target.fill(value, (row * size + column) * channels, (row * size + column + 1) * channels);
    }
  }
}
