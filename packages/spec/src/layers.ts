import type { GraphBuilder, Place } from "./graph-builder.ts";
import type { Node } from "./network.ts";
import type { Op, PlainKind } from "./op.ts";
import type { Pads, Size } from "./shape.ts";

/** PyTorch's and Caffe's default, which every published SE-ResNet uses. */
const batchNormEpsilon = 1e-5;

/** Appends nodes at one place of a graph, each reading the one given to it. */
export interface Layers {
  conv(input: Node, options: ConvOptions): Node;
  /** A convolution without bias, and batch norm. */
  convNorm(input: Node, options: ConvNormOptions): Node;
  apply(kind: PlainKind, inputs: readonly Node[], local: string): Node;
  op(op: Op, input: Node, local: string): Node;
  dense(
    input: Node,
    options: { units: number; bias: boolean; local: string; prefix: string },
  ): Node;
}

interface ConvOptions {
  readonly outChannels: number;
  readonly kernel: Size;
  readonly stride?: number;
  readonly groups?: number;
  /** Default: half the kernel, which keeps the size at stride 1. */
  readonly pads?: Pads;
  readonly bias?: boolean;
  readonly local: string;
  readonly prefix: string;
}

interface ConvNormOptions extends Omit<ConvOptions, "bias"> {
  readonly norm: { readonly local: string; readonly prefix: string };
}

export function square(extent: number): Size {
  return [extent, extent];
}

export function layersAt(builder: GraphBuilder, place: Place): Layers {
  const conv = (input: Node, options: ConvOptions): Node => {
    const { outChannels, kernel, stride = 1, groups = 1, bias = false, local, prefix } = options;
    const [vertical, horizontal] = [Math.floor(kernel[0] / 2), Math.floor(kernel[1] / 2)];
    const pads = options.pads ?? [vertical, horizontal, vertical, horizontal];
    return builder.add({
      ...place,
      op: { kind: "conv2d", outChannels, kernel, stride: square(stride), pads, groups },
      inputs: [input.name],
      local,
      prefix,
      bias,
    });
  };
  return {
    conv,
    convNorm(input, { norm, ...options }) {
      return builder.add({
        ...place,
        op: { kind: "batchNorm", epsilon: batchNormEpsilon },
        inputs: [conv(input, options).name],
        ...norm,
      });
    },
    apply: (kind, inputs, local) =>
      builder.add({ ...place, op: { kind }, inputs: inputs.map(({ name }) => name), local }),
    op: (op, input, local) => builder.add({ ...place, op, inputs: [input.name], local }),
    dense: (input, { units, ...rest }) =>
      builder.add({ ...place, op: { kind: "dense", units }, inputs: [input.name], ...rest }),
  };
}
