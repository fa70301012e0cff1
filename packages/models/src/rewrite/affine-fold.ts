import { type Node, numberOf, numbersOf, stringOf, titleOf } from "../graph/model.ts";
import { type Affine, affineChainFrom, chainTitle, whyNoWeights } from "./affine-chain.ts";
import { attribute } from "./graph-edit.ts";
import type { Place, Rewriting } from "./rewriting.ts";

/** A convolution whose weights the file holds. */
interface Convolution {
  readonly node: Node;
  readonly dims: readonly number[];
  readonly weights: Float32Array;
  /** The bias, or zeros for a convolution without one. */
  readonly bias: Float32Array;
  readonly outputs: number;
}

/** The convolution that a node is, or null for another node or one with computed weights. */
function convolutionAt(node: Node | undefined, rewriting: Rewriting): Convolution | null {
  if (node?.domain !== "" || (node.op !== "Conv" && node.op !== "ConvTranspose")) return null;
  const [, weight, bias] = node.inputs;
  const dims = rewriting.floatDims(weight);
  if (dims === null || dims.length < 3) return null;
  const groups = numberOf(node, "group", 1);
  const outputs = node.op === "Conv" ? dims[0]! : dims[1]! * groups;
  const own = bias ? rewriting.floats(bias) : new Float32Array(outputs);
  if (own?.length !== outputs) return null;
  return { node, dims, weights: rewriting.floats(weight)!, bias: own, outputs };
}

/** The step that takes affine maps after a convolution into its weights: `a(Wx + b) + c`. */
export function foldBackward(rewriting: Rewriting): Place[] {
  const { nodes, view, edit } = rewriting;
  return nodes.flatMap((node): Place[] => {
    const [output] = node.outputs;
    const readers = view.readersOf(output ?? "");
    const [reader] = readers;
    if (readers.length !== 1 || typeof reader !== "object") return [];
    const conv = convolutionAt(node, rewriting);
    if (conv === null) return [];
    const chain = affineChainFrom(reader, output!, conv.outputs, conv.dims.length, rewriting);
    if (chain === null) return [];
    const { scale, shift, last } = chain;
    const weights = conv.weights.map((own, at) => own * scale[outputOf(conv, at)]!);
    const bias = conv.bias.map((own, at) => own * scale[at]! + shift[at]!);
    const refused = whyNoWeights(weights, bias);
    if (refused !== null) return [{ at: chainTitle(chain), refused }];
    writeConvolution(rewriting, conv, node.inputs[0]!, { weights, bias }, last.outputs[0]!);
    edit.replace(last);
    return [{ at: chainTitle(chain), refused: null }];
  });
}

/** The output channel that a weight is for. */
function outputOf({ node, dims }: Convolution, at: number): number {
  const window = dims.slice(2).reduce((all, dim) => all * dim, 1);
  const [first, second] = [
    Math.floor(at / (window * dims[1]!)),
    Math.floor(at / window) % dims[1]!,
  ];
  if (node.op === "Conv") return first;
  const inputsOfGroup = dims[0]! / numberOf(node, "group", 1);
  return Math.floor(first / inputsOfGroup) * dims[1]! + second;
}

/** The step that takes affine maps into the weights of the convolutions that read them. */
export function foldForward(rewriting: Rewriting): Place[] {
  return chainsOnMaps(rewriting).flatMap(({ chain, channels }): Place[] => {
    const { view, edit } = rewriting;
    const readers = view.readersOf(chain.last.outputs[0]!);
    if (readers.length === 0) return [];
    const convs = readers.map((reader) =>
      typeof reader === "string" ? null : convolutionAt(reader, rewriting),
    );
    const at = chainTitle(chain);
    const why = convs.map((conv, place) => whyNotInto(conv, readers[place]!, chain, channels));
    const reason = why.find((each) => each !== null);
    if (reason !== undefined) return [{ at, refused: reason! }];
    const folded = convs.map((conv) => ({ conv: conv!, values: intoInputs(conv!, chain) }));
    const refused = whyNoWeights(
      ...folded.flatMap(({ values: { weights, bias } }) => [weights, bias]),
    );
    if (refused !== null) return [{ at, refused }];
    for (const { conv, values } of folded) {
      writeConvolution(rewriting, conv, chain.from, values, conv.node.outputs[0]!);
      edit.replace(conv.node);
    }
    return [{ at, refused: null }];
  });
}

/** Why a convolution cannot take an affine map of its input, in words, or null where it can. */
function whyNotInto(
  conv: Convolution | null,
  reader: Node | string,
  { shift, last }: Affine & { readonly last: Node },
  channels: number,
): string | null {
  if (conv === null || conv.node.op !== "Conv") {
    const who =
      typeof reader === "string" ? `the output ${reader}` : `${reader.op} ${titleOf(reader)}`;
    return `${who} reads it, which is no convolution with weights in the file`;
  }
  const { node, dims } = conv;
  if (node.inputs[0] !== last.outputs[0] || node.inputs.slice(1).includes(last.outputs[0]!)) {
    return `Conv ${titleOf(node)} reads it as weights`;
  }
  if (dims[1]! * numberOf(node, "group", 1) !== channels) return "its channels do not fit";
  const pads = numbersOf(node, "pads") ?? [];
  const isPadded = pads.some((pad) => pad !== 0) || stringOf(node, "auto_pad").startsWith("SAME");
  if (isPadded && shift.some((value) => value !== 0)) {
    return `Conv ${titleOf(node)} pads with zeros, to which nothing is added`;
  }
  return null;
}

/** The weights and the bias of `W(ax + c) + b`. */
function intoInputs(conv: Convolution, { scale, shift }: Affine): Values {
  const { node, dims, weights, bias, outputs } = conv;
  const groups = numberOf(node, "group", 1);
  const window = dims.slice(2).reduce((all, dim) => all * dim, 1);
  const sums = Float64Array.from(bias);
  const scaled = weights.map((own, at) => {
    const output = Math.floor(at / (window * dims[1]!));
    const group = Math.floor((output * groups) / outputs);
    const input = group * dims[1]! + (Math.floor(at / window) % dims[1]!);
    sums[output]! += own * shift[input]!;
    return own * scale[input]!;
  });
  return { weights: scaled, bias: Float32Array.from(sums) };
}

interface Values {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

function writeConvolution(
  { edit }: Rewriting,
  { node, dims, outputs }: Convolution,
  input: string,
  { weights, bias }: Values,
  output: string,
): void {
  const inputs = [
    input,
    edit.floats(`${output}/weight`, dims, weights),
    edit.floats(`${output}/bias`, [outputs], bias),
  ];
  const attributes = Object.fromEntries(node.attributes);
  edit.write({ op: node.op, name: node.name, inputs, attributes, output }, output);
}

/** The affine chains on maps of two axes of space, the longest from where each begins. */
function chainsOnMaps(rewriting: Rewriting) {
  const { nodes, shaped } = rewriting;
  const taken = new Set<Node>();
  return nodes.flatMap((node) => {
    if (taken.has(node)) return [];
    for (const from of new Set(node.inputs)) {
      const dims = shaped.known.dimsOf(from);
      const [, channels, height, width] = dims ?? [];
      const isMap = dims?.length === 4 && !(height === 1 && width === 1);
      if (!isMap || typeof channels !== "number") continue;
      const chain = affineChainFrom(node, from, channels, 4, rewriting);
      if (chain === null) continue;
      for (let own: Node = node; own !== chain.last;) {
        taken.add(own);
        own = rewriting.view.readersOf(own.outputs[0]!)[0] as Node;
      }
      taken.add(chain.last);
      return [{ chain, channels }];
    }
    return [];
  });
}

/**
 * The step that writes affine maps as depthwise convolutions of 1x1, which stay in the layout that an
 * engine computes convolutions in.
 */
export function affinesAsConvolutions(rewriting: Rewriting): Place[] {
  const { edit } = rewriting;
  return chainsOnMaps(rewriting).map(({ chain, channels }) => {
    const [output] = chain.last.outputs as [string];
    const [scale, shift] = [Float32Array.from(chain.scale), Float32Array.from(chain.shift)];
    const refused = whyNoWeights(scale, shift);
    if (refused !== null) return { at: chainTitle(chain), refused };
    const inputs = [
      chain.from,
      edit.floats(`${output}/scale`, [channels, 1, 1, 1], scale),
      edit.floats(`${output}/shift`, [channels], shift),
    ];
    const attributes = { group: attribute.int(channels), kernel_shape: attribute.ints([1, 1]) };
    edit.write({ op: "Conv", inputs, attributes, output }, output);
    edit.replace(chain.last);
    return { at: chainTitle(chain), refused: null };
  });
}
