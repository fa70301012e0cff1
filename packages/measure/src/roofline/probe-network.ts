import type { LoweredNetwork } from "@sebench/lowering";
import {
  countMacs,
  countParameters,
  elementCount,
  GraphBuilder,
  type MapShape,
  type Network,
  type Node,
  type Op,
  parametersOf,
  type Tensor,
} from "@sebench/spec";
import { seededRandom } from "../statistics/random.ts";

/** A chain of equal layers, which does one kind of work and next to nothing else. */
export interface Probe {
  readonly network: Network;
  /**
   * A chain of as many layers with next to no work, which costs what the engine itself
   * takes for a run.
   */
  readonly hollow: Network;
}

/** The operators that a layer is written as, which are those of SE's own layers. */
export type LayerForm = "dense" | "conv1x1";

/** The shape of a convolution that gives as many channels as it reads. */
export interface Shape {
  readonly kernel: 1 | 3;
  readonly channels: number;
  readonly pixels: number;
}

/** The most parameters of a layer in a reading probe, which are 4 MiB in fp32. */
const mostInLayer = 2 ** 20;

/** The channels of a hollow layer, and the pixels of its side. */
const hollowExtent = 8;

/** A probe that reads `values` parameters, or a few less, and uses each once for an image. */
export function readingProbe(form: LayerForm, values: number): Probe {
  const layers = Math.ceil(values / mostInLayer);
  const width = Math.floor(Math.sqrt(values / layers));
  return {
    network: readingChain(form, width, layers),
    hollow: readingChain(form, hollowExtent, layers),
  };
}

function readingChain(form: LayerForm, width: number, layers: number): Network {
  const op: Op =
    form === "dense"
      ? { kind: "dense", units: width }
      : convolution({ kernel: 1, channels: width });
  return chain(`probe-${form}-${width}x${layers}`, [width, 1, 1], (add, images) => {
    let node = form === "dense" ? add({ kind: "flatten" }, images) : images;
    for (let layer = 0; layer < layers; layer++) node = add(op, node);
    return form === "dense" ? node : add({ kind: "flatten" }, node);
  });
}

/** A probe that computes with few parameters, each of which it uses for every pixel. */
export function computingProbe({ kernel, channels, pixels }: Shape, layers: number): Probe {
  return {
    network: computingChain({ kernel, channels, pixels }, layers),
    hollow: computingChain({ kernel, channels: hollowExtent, pixels: hollowExtent }, layers),
  };
}

function computingChain({ kernel, channels, pixels }: Shape, layers: number): Network {
  const name = `probe-conv${kernel}x${kernel}-${channels}x${pixels}x${layers}`;
  return chain(name, [3, pixels, pixels], (add, images) => {
    let node = add(convolution({ kernel: 1, channels }), images);
    for (let layer = 0; layer < layers; layer++)
      node = add(convolution({ kernel, channels }), node);
    return add({ kind: "flatten" }, add({ kind: "globalAvgPool" }, node));
  });
}

/** A convolution that keeps the size of the map. */
function convolution({ kernel, channels }: Pick<Shape, "kernel" | "channels">): Op {
  const pad = (kernel - 1) / 2;
  return {
    kind: "conv2d",
    outChannels: channels,
    kernel: [kernel, kernel],
    stride: [1, 1],
    pads: [pad, pad, pad, pad],
    groups: 1,
  };
}

function chain(
  name: string,
  imageShape: MapShape,
  write: (add: (op: Op, input: Node) => Node, images: Node) => Node,
): Network {
  const builder = new GraphBuilder(name, imageShape);
  let count = 0;
  const add = (op: Op, input: Node): Node => {
    const local = `${op.kind}${count++}`;
    return builder.add({ op, inputs: [input.name], role: "trunk", local, prefix: local });
  };
  return builder.build(write(add, builder.input));
}

/**
 * The network with weights whose mean keeps values near 1. All weights differ, since
 * onnxruntime keeps one copy of parameters that are equal, and so would read the same
 * layer over and over.
 */
export function withWeights(network: Network): LoweredNetwork {
  const random = seededRandom(1);
  const weights = new Map<string, Tensor>();
  for (const { name, shape } of parametersOf(network)) {
    const read = elementCount(shape) / shape[0]!;
    const data = new Float32Array(elementCount(shape));
    for (let at = 0; at < data.length; at++) data[at] = (2 * random()) / read;
    weights.set(name, { shape, data });
  }
  return { network, weights, lowering: "conv1x1" };
}

/** The work that a probe does and its hollow counterpart does not. */
export function workOf({ network, hollow }: Probe): {
  readonly macs: number;
  readonly values: number;
} {
  return {
    macs: countMacs(network) - countMacs(hollow),
    values: countParameters(network) - countParameters(hollow),
  };
}
