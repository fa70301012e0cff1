import {
  type AvgPool,
  type Conv2d,
  coveringPads,
  isSamePadding,
  type MapShape,
  type MaxPool,
  type Pads,
  type Window,
  windowFactors,
} from "@sebench/spec";
import { activations, paddings } from "../flat/schema.ts";
import type { Value } from "./graph-writer.ts";
import { inputMapOf, inputOf, localName, outputOf, type Site } from "./site.ts";

/** A map with its pads, and the padding under which a window goes over it. */
interface Padded {
  readonly map: Value;
  readonly padding: number;
}

/**
 * Brings pads into one of TensorFlow Lite's two paddings: SAME where the pads are those that it
 * gives, else VALID over a map that an operator has padded by zeros.
 */
export function padded(site: Site, op: Window, pads: Pads): Padded {
  const input = inputMapOf(site);
  if (pads.every((amount) => amount === 0)) return { map: inputOf(site), padding: paddings.valid };
  if (isSamePadding(op, pads, input)) return { map: inputOf(site), padding: paddings.same };
  return { map: padZeros(site, pads), padding: paddings.valid };
}

/** Pads a map by zeros. */
function padZeros(site: Site, pads: Pads): Value {
  const amounts = amountsOf(site, pads);
  return site.writer.call("PAD", [inputOf(site), amounts], paddedShape(site, pads), {});
}

/** Pads a map by the lowest float32, which never wins a maximum. */
function padLowest(site: Site, pads: Pads): Value {
  const lowest = site.writer.floats("lowest", [1], () => Float32Array.of(-3.4028234663852886e38));
  const inputs = [inputOf(site), amountsOf(site, pads), lowest];
  return site.writer.call("PADV2", inputs, paddedShape(site, pads), {});
}

function amountsOf(site: Site, [top, left, bottom, right]: Pads): Value {
  const amounts = [0, 0, top, bottom, left, right, 0, 0];
  return site.writer.integers(localName(site, "pads"), amounts, [4, 2]);
}

function paddedShape(site: Site, [top, left, bottom, right]: Pads) {
  const [channels, height, width] = inputMapOf(site);
  const shape = [site.batch, height + top + bottom, width + left + right, channels];
  return { name: localName(site, "padded"), shape };
}

/** The fields of an operator's options that say how its window goes over the map. */
export function strides({ stride }: Pick<Conv2d, "stride">, padding: number) {
  return { padding, strideH: stride[0], strideW: stride[1] };
}

export function writeMaxPool(site: Site, op: MaxPool): Value {
  const pads = padsOf(site, op);
  const { map, padding } = maxPadded(site, op, pads);
  return pool("MAX_POOL_2D", site, op, map, padding, outputOf(site));
}

/** Pads what is to be maximised: SAME does not count its pads, and zeros win over no value that is not below. */
function maxPadded(site: Site, op: MaxPool, pads: Pads) {
  if (site.nonNegative || pads.every((amount) => amount === 0)) return padded(site, op, pads);
  if (isSamePadding(op, pads, inputMapOf(site)))
    return { map: inputOf(site), padding: paddings.same };
  return { map: padLowest(site, pads), padding: paddings.valid };
}

/**
 * Writes average pooling. SAME does not count its pads; other pads become zeros, which VALID counts,
 * and factors then make each average that of what counts.
 */
export function writeAveragePool(site: Site, op: AvgPool): Value {
  const pads = padsOf(site, op);
  const isPadded = pads.some((amount) => amount > 0);
  if (!isPadded || (isSamePadding(op, pads, inputMapOf(site)) && !countsPads(op))) {
    const { map, padding } = padded(site, op, pads);
    return pool("AVERAGE_POOL_2D", site, op, map, padding, outputOf(site));
  }
  const map = padZeros(site, pads);
  const factors = windowFactors(op, inputMapOf(site), site.node.shape);
  const output = outputOf(site);
  if (factors.every((factor) => factor === 1)) {
    return pool("AVERAGE_POOL_2D", site, op, map, paddings.valid, output);
  }
  const whole = { name: localName(site, "whole"), shape: output.shape };
  const averages = pool("AVERAGE_POOL_2D", site, op, map, paddings.valid, whole);
  const [, height, width] = output.shape as [number, number, number, number];
  const ratios = site.writer.floats(localName(site, "factors"), [1, height, width, 1], () =>
    Float32Array.from(factors),
  );
  return site.writer.call("MUL", [averages, ratios], output, {});
}

const countsPads = ({ countIncludePad, pads }: AvgPool) =>
  countIncludePad && pads.some((amount) => amount > 0);

function pool(
  kind: "MAX_POOL_2D" | "AVERAGE_POOL_2D",
  site: Site,
  op: MaxPool | AvgPool,
  map: Value,
  padding: number,
  output: { readonly name: string; readonly shape: readonly number[] },
): Value {
  return site.writer.call(kind, [map], output, {
    ...strides(op, padding),
    filterH: op.kernel[0],
    filterW: op.kernel[1],
    activation: activations.none,
  });
}

function padsOf(site: Site, op: MaxPool | AvgPool): Pads {
  return coveringPads(op, inputMapOf(site), site.node.shape as MapShape);
}

/** Pools each channel of a map to one value. */
export function writeGlobalPool(kind: "MAX_POOL_2D" | "AVERAGE_POOL_2D", site: Site): Value {
  const [, height, width] = inputMapOf(site);
  const op = { kernel: [height, width], stride: [height, width] } as const;
  return site.writer.call(kind, [inputOf(site)], outputOf(site), {
    ...strides(op, paddings.valid),
    filterH: height,
    filterW: width,
  });
}

/** Averages each channel of a map by a reduction. */
export function writeMean(site: Site): Value {
  const axes = site.writer.integers("axes of a map", [1, 2]);
  return site.writer.call("MEAN", [inputOf(site), axes], outputOf(site), { keepDims: 1 });
}
