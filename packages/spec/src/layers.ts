import type { GraphBuilder, Place } from "./graph-builder.ts";
import type { Node } from "./network.ts";
import type { Op, PlainKind, Window } from "./op.ts";
import type { Pads, Size } from "./shape.ts";

/** PyTorch's and Caffe's default, which every published SE-ResNet uses. */
const batchNormEpsilon = 1e-5;

/** Appends nodes at one place of a graph, each reading the one given to it. */
export interface Layers {
  conv(input: Node, options: ConvOptions): Node;
  /** A convolution and batch norm. */
  convNorm(input: Node, options: ConvNormOptions): Node;
  norm(input: Node, options: NormOptions): Node;
  /**
   * Convolution, batch norm and ReLU: nodes `LOCAL/conv`, `LOCAL/bn` and
   * `LOCAL/relu`, parameters `PREFIX.conv` and `PREFIX.bn`.
   */
  unit(input: Node, options: UnitOptions): Node;
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

interface NormOptions {
  readonly local: string;
  readonly prefix: string;
  /** Default 1e-5. */
  readonly epsilon?: number;
}

interface ConvNormOptions extends ConvOptions {
  readonly norm: NormOptions;
}

interface UnitOptions extends Omit<ConvOptions, "bias"> {
  readonly epsilon?: number;
  /** Default true. */
  readonly relu?: boolean;
}

export function square(extent: number): Size {
  return [extent, extent];
}

/** A square window that slides by as much in both directions, with equal padding on all sides. */
export function squareWindow(extent: number, stride: number, pad: number): Window {
  return { kernel: square(extent), stride: square(stride), pads: [pad, pad, pad, pad] };
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
  const norm = (input: Node, { epsilon = batchNormEpsilon, ...names }: NormOptions): Node =>
    builder.add({ ...place, op: { kind: "batchNorm", epsilon }, inputs: [input.name], ...names });
  const apply: Layers["apply"] = (kind, inputs, local) =>
    builder.add({ ...place, op: { kind }, inputs: inputs.map(({ name }) => name), local });
  return {
    conv,
    norm,
    convNorm: (input, { norm: names, ...options }) => norm(conv(input, options), names),
    unit(input, { local, prefix, epsilon, relu = true, ...shape }) {
      const named = (part: string) => ({
        local: local === "" ? part : `${local}/${part}`,
        prefix: `${prefix}.${part}`,
      });
      const convolved = conv(input, { ...shape, ...named("conv") });
      const normed = norm(convolved, {
        ...named("bn"),
        ...(epsilon === undefined ? {} : { epsilon }),
      });
      return relu ? apply("relu", [normed], named("relu").local) : normed;
    },
    apply,
    op: (op, input, local) => builder.add({ ...place, op, inputs: [input.name], local }),
    dense: (input, { units, ...rest }) =>
      builder.add({ ...place, op: { kind: "dense", units }, inputs: [input.name], ...rest }),
  };
}
