import {
  type AvgPool,
  type MapShape,
  type MaxPool,
  type Pads,
  type BatchNorm,
  type ChannelShuffle,
  type Clip,
  elementCount,
  type HardSigmoid,
  type Op,
  type OpKind,
  type OpOf,
  coveringPads,
  windowFactors,
} from "@sebench/spec";
import { writeConv2d, writeDense, writeGatedConv2d } from "./convolution.ts";
import type { SqueezeForm } from "./forms.ts";
import type { KernelWriter } from "./kernel-writer.ts";
import { asItIs, writeParameter } from "./layer.ts";
import { explicitPad, type TfjsPad, tfjsPad } from "./padding.ts";
import { asMap, inputMapOf, inputOf, type Site, tfjsShape } from "./site.ts";

/** The lowest finite float32, which as padding never wins a maximum. */
const lowest = -3.4028234663852886e38;

function writeMaxPool(site: Site, op: MaxPool, writer: KernelWriter): string {
  const pads = padsOf(site, op);
  const pad = tfjsPad(op, pads, inputMapOf(site));
  const apart = site.forms.pads === "pad" && typeof pad !== "string";
  const x = apart ? writePad(inputOf(site), pads, lowest, writer) : inputOf(site);
  return writer.call("MaxPool", { x }, windowOf(op, apart ? "valid" : pad));
}

/** Writes average pooling; since tfjs never counts padding, padding that counts becomes data. */
function writeAveragePool(site: Site, op: AvgPool, writer: KernelWriter): string {
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
  const factors = windowFactors(op, inputMapOf(site), site.shape);
  if (factors.every((factor) => factor === 1)) return averages;
  const shape = [1, height, width, 1];
  const b = writer.constant(shape, null, (_, target) => target.set(factors));
  return writer.call("Multiply", { a: averages, b }, {});
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
type WriteSqueeze = (statistic: Statistic, site: Site, writer: KernelWriter) => string;

const forms: Readonly<Record<SqueezeForm, WriteSqueeze>> = {
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
const writeSqueeze: WriteSqueeze = (statistic, site, writer) =>
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

/** Writes an operator of one kind, and returns the name of its value. */
type Write<O extends Op> = (site: Site, op: O, writer: KernelWriter) => string;
type KernelTable = { readonly [Kind in OpKind]: Write<OpOf<Kind>> };

/** The writer of every kind of operator; a new kind does not compile until it has one here. */
const kernelTable: KernelTable = {
  input: () => {
    throw new Error("the images come from outside, not from kernels");
  },
  conv2d: writeConv2d,
  gatedConv2d: writeGatedConv2d,
  upsample: ({ inputs: [x] }, { size }, writer) =>
    writer.call("Tile", { x: x! }, { reps: [1, ...size, 1] }),
  batchNorm: writeBatchNorm,
  dense: writeDense,
  relu: (site, _, writer) => writer.call("Relu", { x: inputOf(site) }, {}),
  sigmoid: (site, _, writer) => writer.call("Sigmoid", { x: inputOf(site) }, {}),
  tanh: (site, _, writer) => writer.call("Tanh", { x: inputOf(site) }, {}),
  silu: (site, _, writer) => {
    const x = inputOf(site);
    return writer.call("Multiply", { a: x, b: writer.call("Sigmoid", { x }, {}) }, {});
  },
  hardSwish: (site, _, writer) => {
    const x = inputOf(site);
    const gate = writeHardSigmoid(x, { alpha: 1 / 6, beta: 0.5 }, writer);
    return writer.call("Multiply", { a: x, b: gate }, {});
  },
  hardSigmoid: (site, op, writer) => writeHardSigmoid(inputOf(site), op, writer),
  clip: (site, op, writer) => writeClip(inputOf(site), op, writer),
  maxPool: writeMaxPool,
  avgPool: writeAveragePool,
  globalAvgPool: (site, _, writer) => writeSqueeze("average", site, writer),
  reduceMean: (site, _, writer) =>
    writer.call("Mean", { x: inputOf(site) }, { axis: [1, 2], keepDims: true }),
  globalMaxPool: (site, _, writer) => writeSqueeze("maximum", site, writer),
  add: ({ inputs }, _, writer) => {
    const [a, b, ...more] = inputs as [string, string, ...string[]];
    return more.length === 0 ? writer.call("Add", { a, b }, {}) : writer.call("AddN", inputs, {});
  },
  mul: ({ inputs }, _, writer) => {
    const [a, b] = inputs as [string, string];
    return writer.call("Multiply", { a, b }, {});
  },
  scaleBy: (site, { factor }, writer) => withConstant("Multiply", inputOf(site), factor, writer),
  offsetBy: (site, { offset }, writer) => withConstant("Add", inputOf(site), offset, writer),
  divideBy: (site, { divisor }, writer) => withConstant("RealDiv", inputOf(site), divisor, writer),
  concat: ({ inputs }, _, writer) => writer.call("Concat", inputs, { axis: 3 }),
  channelShuffle: writeShuffle,
  flatten: writeFlatten,
  unflatten: writeReshape,
};

/** Writes the kernels that compute a node, and returns the name of its value. */
export function writeNode(site: Site, op: Op, writer: KernelWriter): string {
  const write = kernelTable[op.kind] as Write<Op>;
  return write(site, op, writer);
}

/** Writes a batch norm that is not folded into a layer before it. */
function writeBatchNorm(site: Site, { epsilon }: BatchNorm, writer: KernelWriter): string {
  const shape = [asMap(site.shape)[0]];
  const inputs = {
    x: inputOf(site),
    scale: writeParameter(site, "weight", shape, asItIs, writer),
    offset: writeParameter(site, "bias", shape, asItIs, writer),
    mean: writeParameter(site, "mean", shape, asItIs, writer),
    variance: writeParameter(site, "variance", shape, asItIs, writer),
  };
  return writer.call("FusedBatchNorm", inputs, { varianceEpsilon: epsilon });
}

/** Writes an operation on a value and a constant number. */
function withConstant(
  kernel: "Multiply" | "Add" | "RealDiv",
  a: string,
  value: number,
  writer: KernelWriter,
): string {
  const b = writer.constant([1], null, (_, target) => target.fill(value));
  return writer.call(kernel, { a, b }, {});
}

/** Writes `min(max(alpha * x + beta, 0), 1)`, for which tfjs has no kernel. */
function writeHardSigmoid(
  x: string,
  { alpha, beta }: Pick<HardSigmoid, "alpha" | "beta">,
  writer: KernelWriter,
): string {
  const line = withConstant("Add", withConstant("Multiply", x, alpha, writer), beta, writer);
  return writeClip(line, { min: 0, max: 1 }, writer);
}

function writeClip(
  x: string,
  { min, max }: Pick<Clip, "min" | "max">,
  writer: KernelWriter,
): string {
  if (min === 0 && max === 6) return writer.call("Relu6", { x }, {});
  return writer.call("ClipByValue", { x }, { clipValueMin: min, clipValueMax: max });
}

/** Writes a transposition of `[groups, C / groups]` to `[C / groups, groups]`, pixel by pixel. */
function writeShuffle(site: Site, { groups }: ChannelShuffle, writer: KernelWriter): string {
  const shape = tfjsShape(site, site.shape);
  const channels = shape[3]!;
  const apart = [elementCount(shape) / channels, groups, channels / groups];
  const split = writer.call("Reshape", { x: inputOf(site) }, { shape: apart });
  const swapped = writer.call("Transpose", { x: split }, { perm: [0, 2, 1] });
  return writer.call("Reshape", { x: swapped }, { shape });
}

/** Writes a change to a vector in the network's order, channels first. */
function writeFlatten(site: Site, op: Op, writer: KernelWriter): string {
  const [, height, width] = inputMapOf(site);
  if (height * width === 1) return writeReshape(site, op, writer);
  const x = writer.call("Transpose", { x: inputOf(site) }, { perm: [0, 3, 1, 2] });
  return writer.call("Reshape", { x }, { shape: tfjsShape(site, site.shape) });
}

/** Writes a change between a vector and a map of one pixel, which may have the same shape in tfjs. */
function writeReshape(site: Site, _: Op, writer: KernelWriter): string {
  if (site.forms.dense === "conv") return inputOf(site);
  return writer.call("Reshape", { x: inputOf(site) }, { shape: tfjsShape(site, site.shape) });
}
