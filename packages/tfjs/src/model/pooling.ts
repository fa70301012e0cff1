import type { AvgPool, MapShape, MaxPool, Pads } from "@sebench/spec";
import type { SqueezeForm } from "./forms.ts";
import type { KernelWriter } from "./kernel-writer.ts";
import { coveringPads, explicitPad, type TfjsPad, tfjsPad } from "./padding.ts";
import { asMap, inputMapOf, inputOf, type Site } from "./site.ts";

/** The lowest finite float32, which as padding never wins a maximum. */
const lowest = -3.4028234663852886e38;

export function writeMaxPool(site: Site, op: MaxPool, writer: KernelWriter): string {
  const pads = padsOf(site, op);
  const pad = tfjsPad(op, pads, inputMapOf(site));
  const apart = site.forms.pads === "pad" && typeof pad !== "string";
  const x = apart ? writePad(inputOf(site), pads, lowest, writer) : inputOf(site);
  return writer.call("MaxPool", { x }, windowOf(op, apart ? "valid" : pad));
}

/** Writes average pooling; since tfjs never counts padding, padding that counts becomes data. */
export function writeAveragePool(site: Site, op: AvgPool, writer: KernelWriter): string {
  const pads = padsOf(site, op);
  const input = inputMapOf(site);
  const pad = tfjsPad(op, pads, input);
  const counts = op.countIncludePad && op.pads.some((amount) => amount > 0);
  if (!counts && (site.forms.pads === "pool" || typeof pad === "string")) {
    return writer.call("AvgPool", { x: inputOf(site) }, windowOf(op, pad));
  }
  if (site.forms.pads === "pad") return writeWholeWindows(site, op, pads, writer);
  const [top, left, bottom, right] = op.pads;
  const padded: MapShape = [input[0], input[1] + top + bottom, input[2] + left + right];
  const overhang: Pads = [0, 0, pads[2] - bottom, pads[3] - right];
  const x = writePad(inputOf(site), op.pads, 0, writer);
  return writer.call("AvgPool", { x }, windowOf(op, tfjsPad(op, overhang, padded)));
}

/** Writes averages over whole windows, and the factors that make them averages of what counts. */
function writeWholeWindows(site: Site, op: AvgPool, pads: Pads, writer: KernelWriter): string {
  const x = writePad(inputOf(site), pads, 0, writer);
  const averages = writer.call("AvgPool", { x }, windowOf(op, "valid"));
  const [, height, width] = asMap(site.shape);
  const factors = factorsOf(site, op);
  if (factors.every((factor) => factor === 1)) return averages;
  const shape = [1, height, width, 1];
  const b = writer.constant(shape, null, (_, target) => target.set(factors));
  return writer.call("Multiply", { a: averages, b }, {});
}

/** The ratio of a window's cells to those cells that count, for each window. */
function factorsOf(site: Site, op: AvgPool): number[] {
  const [, height, width] = asMap(site.shape);
  const [, inHeight, inWidth] = inputMapOf(site);
  const [top, left, bottom, right] = op.countIncludePad ? op.pads : [0, 0, 0, 0];
  const counted = (axis: 0 | 1, position: number, from: number, to: number) => {
    const start = position * op.stride[axis] - op.pads[axis];
    return Math.min(start + op.kernel[axis], to) - Math.max(start, from);
  };
  return Array.from({ length: height * width }, (_, at) => {
    const rows = counted(0, Math.floor(at / width), -top, inHeight + bottom);
    const columns = counted(1, at % width, -left, inWidth + right);
    return (op.kernel[0] * op.kernel[1]) / (rows * columns);
  });
}

function writePad(x: string, pads: Pads, constantValue: number, writer: KernelWriter): string {
  return writer.call("PadV2", { x }, { paddings: explicitPad(pads), constantValue });
}

function padsOf(site: Site, op: MaxPool | AvgPool): Pads {
  return coveringPads(op, inputMapOf(site), asMap(site.shape));
}

function windowOf({ kernel, stride }: MaxPool | AvgPool, pad: TfjsPad) {
  const filterSize: [number, number] = [...kernel];
  const strides: [number, number] = [...stride];
  return { filterSize, strides, pad };
}

type Statistic = "average" | "maximum";
type Write = (statistic: Statistic, site: Site, writer: KernelWriter) => string;

const forms: Readonly<Record<SqueezeForm, Write>> = {
  reduce(statistic, site, writer) {
    const x = inputOf(site);
    return statistic === "average"
      ? writer.call("Mean", { x }, { axis: [1, 2], keepDims: true })
      : writer.call("Max", { x }, { reductionIndices: [1, 2], keepDims: true });
  },
  pool(statistic, site, writer) {
    const [, height, width] = inputMapOf(site);
    return writePool(statistic, inputOf(site), [height, width], writer);
  },
  "pool-twice"(statistic, site, writer) {
    const [, height, width] = inputMapOf(site);
    const rows = writePool(statistic, inputOf(site), [height, 1], writer);
    return writePool(statistic, rows, [1, width], writer);
  },
};

/** Pools each channel of a map to one value, in the form that the site asks for. */
export const writeSqueeze: Write = (statistic, site, writer) =>
  forms[site.forms.squeeze](statistic, site, writer);

function writePool(
  statistic: Statistic,
  x: string,
  window: [number, number],
  writer: KernelWriter,
): string {
  const kernel = statistic === "average" ? "AvgPool" : "MaxPool";
  return writer.call(kernel, { x }, { filterSize: window, strides: window, pad: "valid" });
}
