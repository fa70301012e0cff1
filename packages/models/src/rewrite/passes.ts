import { InputError } from "@sebench/spec";
import type { Model } from "../graph/model.ts";
import { affinesAsConvolutions, foldBackward, foldForward } from "./affine-fold.ts";
import { hardActivations } from "./activation.ts";
import { convolutionsAsDense, denseAsConvolutions } from "./dense.ts";
import { type Place, Rewriting, type Step } from "./rewriting.ts";
import { gatesAsMaps, residualSums } from "./scale.ts";
import { meansAsPools, poolsAsMeans } from "./squeeze.ts";

/** The passes, in the order in which they are tried. */
export const rewriteNames = [
  "activation",
  "affine-fold",
  "affine-conv",
  "residual",
  "global-pool",
  "reduce-mean",
  "conv1x1",
  "gemm",
  "gate-resize",
] as const;

export type RewriteName = (typeof rewriteNames)[number];

/** A pass: what it writes anew, under which condition, and its steps. */
interface RewritePass {
  /** What the pass does, as a phrase: `x + x*s as x*(1+s)`. */
  readonly what: string;
  /** Where the pass applies, as a phrase. */
  readonly where: string;
  /** What a model has none of where the pass finds no place, in the plural. */
  readonly places: string;
  readonly steps: readonly Step[];
}

/** Every pass by its name; the functions before and after differ by rounding alone. */
export const rewritePasses: Readonly<Record<RewriteName, RewritePass>> = {
  activation: {
    what: "hard-swish in four operators as HardSwish, or as x*HardSigmoid(x) below opset 14; hard-sigmoid in three as HardSigmoid",
    where: "where nothing else reads what is in between",
    places: "hard-swishes or hard-sigmoids in several operators",
    steps: [hardActivations],
  },
  "affine-fold": {
    what: "products, sums and batch norms by constants into the weights of the convolution before or after them",
    where:
      "before: where nothing else reads the convolution; after: where only convolutions read them, which do not pad what a sum would reach",
    places: "products, sums or batch norms by constants beside a convolution",
    steps: [foldBackward, foldForward],
  },
  "affine-conv": {
    what: "products, sums and batch norms of maps by constants as one depthwise 1x1 convolution",
    where: "on maps whose channels are known",
    places: "products, sums or batch norms of maps by constants",
    steps: [affinesAsConvolutions],
  },
  residual: {
    what: "x + x*s as x*(1+s)",
    where: "in residual blocks where nothing else reads the product",
    places: "residual blocks as x + x*s",
    steps: [residualSums],
  },
  "global-pool": {
    what: "ReduceMean over height and width, and AveragePool of the full window, as GlobalAveragePool",
    where: "on maps of four axes",
    places: "means over height and width in another operator",
    steps: [meansAsPools],
  },
  "reduce-mean": {
    what: "the GlobalAveragePool of squeezes as ReduceMean",
    where: "on maps of four axes",
    places: "SE blocks with a GlobalAveragePool",
    steps: [poolsAsMeans],
  },
  conv1x1: {
    what: "Gemm and MatMul on vectors as 1x1 convolutions",
    where: "where the weights are a float32 matrix of the file",
    places: "dense layers on vectors",
    steps: [denseAsConvolutions],
  },
  gemm: {
    what: "1x1 convolutions on vectors as Gemm",
    where: "where the weights are a float32 tensor of the file",
    places: "1x1 convolutions on vectors",
    steps: [convolutionsAsDense],
  },
  "gate-resize": {
    what: "the gate repeated over the map, and a product of equal shapes",
    where: "on maps whose size the file fixes, at opset 9 or later",
    places: "SE blocks",
    steps: [gatesAsMaps],
  },
};

/** A model after a pass, and what the pass did. */
export interface Rewritten {
  readonly model: Model;
  /** The names of what was rewritten. */
  readonly done: readonly string[];
  /** The places that were left as they are, with the reason of each. */
  readonly refused: readonly { readonly at: string; readonly why: string }[];
}

/** Rewrites a model by one pass, in memory; `writeModel` writes it to a file. */
export function rewriteModel(model: Model, name: RewriteName): Rewritten {
  const places: Place[] = [];
  let current = model;
  for (const step of rewritePasses[name].steps) {
    const rewriting = new Rewriting(current);
    const found = step(rewriting);
    places.push(...found);
    if (found.some(({ refused }) => refused === null)) current = rewriting.finish();
  }
  return {
    model: current,
    done: places.flatMap(({ at, refused }) => (refused === null ? [at] : [])),
    refused: places.flatMap(({ at, refused }) => (refused === null ? [] : [{ at, why: refused }])),
  };
}

/**
 * Reads the names of passes, joined by commas or given one by one.
 *
 * @throws InputError for a name that no pass has, with those that are like it
 */
export function parseRewriteNames(texts: readonly string[], flag: string): RewriteName[] {
  const names = texts.flatMap((text) => text.split(",")).map((name) => name.trim());
  const unknown = names.find((name) => !rewriteNames.includes(name as RewriteName));
  if (unknown === undefined) return names as RewriteName[];
  throw new InputError(`${flag} names no pass ${JSON.stringify(unknown)}`, {
    remedy: `the passes are ${rewriteNames.join(", ")}`,
  });
}
