import {
  elementCount,
  isMap,
  type Network,
  type Node,
  nodesWithInputs,
  type Op,
  type OpKind,
  type OpOf,
  type Shape,
} from "@sebench/spec";
import type { Weights } from "@sebench/weights";
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import { denseFilter } from "../src/model/filter-layout.ts";
import { type FusedNode, fuseActivations } from "../src/model/model.ts";
import type { Arrange } from "../src/model/kernel-writer.ts";
import { type TfjsPad, tfjsPad } from "../src/model/padding.ts";

type Symbolic = layers.SymbolicTensor;

interface LayerSite extends FusedNode {
  readonly inputs: readonly Symbolic[];
  readonly inputShapes: readonly Shape[];
  readonly weights: Weights;
}

type LayerTable = { readonly [Kind in OpKind]?: (site: LayerSite, op: OpOf<Kind>) => Symbolic };

/** The operators of the ResNets of the model table, as people write them with `tf.layers`. */
const table: LayerTable = {
  conv2d(site, op) {
    const shape = site.inputShapes[0]!;
    if (!isMap(shape) || op.groups > 1) throw new Error("tf.layers has no such convolution");
    const pad = tfjsPad(op, op.pads, shape);
    const { bias } = site.node.parameters;
    const layer = layers.layers.conv2d({
      filters: op.outChannels,
      kernelSize: [...op.kernel],
      strides: [...op.stride],
      padding: typeof pad === "string" ? pad : "valid",
      useBias: bias !== undefined,
      activation: site.activation ?? "linear",
    });
    const filter = { ...op, inChannels: shape[0] };
    const kernel = [...op.kernel, shape[0], op.outChannels];
    return withKernel(site, layer, padded(site, pad), kernel, denseFilter(filter));
  },
  dense(site, { units }) {
    const [inChannels] = site.inputShapes[0]!;
    const { bias } = site.node.parameters;
    const activation = site.activation ?? "linear";
    const layer = layers.layers.dense({ units, useBias: bias !== undefined, activation });
    const filter = denseFilter({ inChannels, outChannels: units, groups: 1, kernel: [1, 1] });
    return withKernel(site, layer, site.inputs[0]!, [inChannels, units], filter);
  },
  batchNorm(site, { epsilon }) {
    const layer = layers.layers.batchNormalization({ epsilon });
    const output = layer.apply(site.inputs[0]!) as Symbolic;
    const { weight, bias, mean, variance } = site.node.parameters;
    const values = [weight, bias, mean, variance].map((each) =>
      tf.tensor1d(site.weights.get(each!.name)!.data),
    );
    layer.setWeights(values);
    tf.dispose(values);
    return output;
  },
  relu: (site) => apply(layers.layers.activation({ activation: "relu" }), site),
  maxPool(site, op) {
    const shape = site.inputShapes[0]!;
    if (!isMap(shape) || op.ceil) throw new Error("tf.layers has no such pool");
    const pad = tfjsPad(op, op.pads, shape);
    // The pooled map has gone through a ReLU, so padding with zeros never wins.
    const layer = layers.layers.maxPooling2d({
      poolSize: [...op.kernel],
      strides: [...op.stride],
      padding: typeof pad === "string" ? pad : "valid",
    });
    return layer.apply(padded(site, pad)) as Symbolic;
  },
  globalAvgPool: (site) =>
    apply(layers.layers.globalAveragePooling2d({ dataFormat: "channelsLast" }), site),
  // The layer before a flatten gives a vector.
  flatten: ({ inputs }) => inputs[0]!,
  unflatten: (site) =>
    apply(layers.layers.reshape({ targetShape: [1, 1, site.node.shape[0]] }), site),
  add: ({ inputs }) => layers.layers.add().apply([...inputs]) as Symbolic,
  mul: ({ inputs }) => layers.layers.multiply().apply([...inputs]) as Symbolic,
};

/** Writes a network, with or without batch norms, as a model of `tf.layers`. */
export function layersModel(network: Network, weights: Weights, batch: number): layers.LayersModel {
  const [image] = network.nodes;
  if (!image || !isMap(image.shape)) throw new Error("the network has no image");
  const [channels, height, width] = image.shape;
  const input = layers.input({ batchShape: [batch, height, width, channels] });
  const values = new Map<string, Symbolic>([[image.name, input]]);
  const shapes = new Map(Array.from(nodesWithInputs(network), ([{ name }, of]) => [name, of]));
  for (const fused of fuseActivations(network)) {
    const { node, gives } = fused;
    if (node === image) continue;
    const inputs = node.inputs.map((name) => values.get(name)!);
    const site = { ...fused, inputs, inputShapes: shapes.get(node.name)!, weights };
    values.set(gives, layerOf(site, node));
  }
  return layers.model({ inputs: input, outputs: values.get(network.output)! });
}

function layerOf(site: LayerSite, { op, name }: Node): Symbolic {
  const entry = table[op.kind] as ((site: LayerSite, op: Op) => Symbolic) | undefined;
  if (!entry) throw new Error(`${name} is not written with tf.layers here`);
  return entry(site, op);
}

function apply(layer: layers.layers.Layer, { inputs }: LayerSite): Symbolic {
  return layer.apply(inputs[0]!) as Symbolic;
}

function padded({ inputs }: LayerSite, pad: TfjsPad): Symbolic {
  const [input] = inputs;
  if (typeof pad === "string") return input!;
  const [, rows, columns] = pad;
  return layers.layers.zeroPadding2d({ padding: [rows, columns] }).apply(input!) as Symbolic;
}

/** Applies a layer, and sets the layer's weights from the node's. */
function withKernel(
  { node, weights }: LayerSite,
  layer: layers.layers.Layer,
  input: Symbolic,
  shape: number[],
  arrange: Arrange,
): Symbolic {
  const output = layer.apply(input) as Symbolic;
  const { weight, bias } = node.parameters;
  const kernel = new Float32Array(elementCount(shape));
  arrange(weights.get(weight!.name)!.data, kernel);
  const values: tf.Tensor[] = [tf.tensor(kernel, shape)];
  if (bias) values.push(tf.tensor1d(weights.get(bias.name)!.data));
  layer.setWeights(values);
  tf.dispose(values);
  return output;
}
