import { InputError } from "@sebench/spec";

/** The passes, in the order in which they are tried. */
export const rewriteNames = [
  "activation",
  "affine-fold",
  "affine-conv",
  "residual",
  "fixed-sizes",
  "global-pool",
  "reduce-mean",
  "conv1x1",
  "gemm",
  "gate-resize",
] as const;

export type RewriteName = (typeof rewriteNames)[number];

/** What a pass writes anew, and under which condition. */
interface RewritePass {
  /** What the pass does, as a phrase: `x + x*s as x*(1+s)`. */
  readonly what: string;
  /** Where the pass applies, as a phrase. */
  readonly where: string;
}

/** Every pass by its name; the functions before and after differ by rounding alone. */
export const rewritePasses: Readonly<Record<RewriteName, RewritePass>> = {
  "fixed-sizes": {
    what: "the sizes of --input into the file, which then takes no others",
    where: "where --input gives sizes that the file leaves free",
  },
  activation: {
    what: "hard-swish in four operators as HardSwish, or as x*HardSigmoid(x) below opset 14; hard-sigmoid in three as HardSigmoid",
    where: "where nothing else reads what is in between",
  },
  "affine-fold": {
    what: "products, sums and batch norms by constants into the weights of the convolution before or after them",
    where:
      "before: where nothing else reads the convolution; after: where only convolutions read them, which do not pad what a sum would reach",
  },
  "affine-conv": {
    what: "products, sums and batch norms of maps by constants as one depthwise 1x1 convolution",
    where: "on maps whose channels are known",
  },
  residual: {
    what: "x + x*s as x*(1+s)",
    where: "in residual blocks where nothing else reads the product",
  },
  "global-pool": {
    what: "ReduceMean over height and width, and AveragePool of the full window, as GlobalAveragePool",
    where: "on maps of four axes",
  },
  "reduce-mean": {
    what: "the GlobalAveragePool of squeezes as ReduceMean",
    where: "on maps of four axes",
  },
  conv1x1: {
    what: "Gemm and MatMul on vectors as 1x1 convolutions",
    where: "where the weights are a float32 matrix of the file",
  },
  gemm: {
    what: "1x1 convolutions on vectors as Gemm",
    where: "where the weights are a float32 tensor of the file",
  },
  "gate-resize": {
    what: "the gate repeated over the map, and a product of equal shapes",
    where: "on maps whose size the file fixes, at opset 9 or later",
  },
};

/**
 * Reads the names of passes, joined by commas or given one by one.
 *
 * @throws InputError for a name that no pass has, with the names that are near
 */
export function parseRewriteNames(texts: readonly string[], flag: string): RewriteName[] {
  const names = texts.flatMap((text) => text.split(",")).map((name) => name.trim());
  const isName = (name: string): name is RewriteName => rewriteNames.some((own) => own === name);
  return names.map((name) => {
    if (isName(name)) return name;
    const near = rewriteNames.filter((own) => distance(own, name) <= 3 || own.includes(name));
    const all = `the passes are ${rewriteNames.join(", ")}`;
    throw new InputError(`${flag} names ${JSON.stringify(name)}, which is no pass`, {
      remedy: near.length === 0 || name === "" ? all : `did you mean ${near.join(" or ")}? ${all}`,
    });
  });
}

/** The letters that are to be added, left out or changed to make one word of another. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1];
    for (const [at, own] of [...other].entries()) {
      next.push(Math.min(next[at]! + 1, row[at + 1]! + 1, row[at]! + (letter === own ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1)!;
}
