import {
  type BatchNorm,
  type ChannelShuffle,
  elementCount,
  type Op,
  type OpKind,
  type OpOf,
  type ScaleBy,
} from "@sebench/spec";
import { writeConv2d, writeDense, writeGatedConv2d } from "./convolution.ts";
import type { KernelWriter } from "./kernel-writer.ts";
import { asItIs, writeParameter } from "./layer.ts";
import { writeAveragePool, writeMaxPool, writeSqueeze } from "./pooling.ts";
import { asMap, inputMapOf, inputOf, type Site, tfjsShape } from "./site.ts";

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
  scaleBy: writeScale,
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

function writeScale(site: Site, { factor }: ScaleBy, writer: KernelWriter): string {
  const b = writer.constant([1], null, (_, target) => target.fill(factor));
  return writer.call("Multiply", { a: inputOf(site), b }, {});
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
