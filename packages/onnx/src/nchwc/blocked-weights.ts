import type { Parameter } from "@sebench/spec";
import { noOperators } from "../graph/notation.ts";
import { type Operators, sequence } from "../graph/operators.ts";
import { int, ints } from "../proto/attribute.ts";
import { floatTensor, int64Tensor } from "../proto/tensor-proto.ts";
import { paddedChannels, type WeightLayout } from "./blocks.ts";
import { inDomain, operator, reshaped, zerosAfter } from "./write.ts";

/**
 * A layer's parameter with zeros for the channels that fill its last blocks.
 *
 * @param sameInputs Whether the inputs of a weight stay as many as they are, as those of a
 * depthwise convolution do, and those of a layer that reads a plain map.
 */
export function padded(
  { name, shape }: Parameter,
  sameInputs = false,
): Parameter & { before: Operators } {
  const whole = shape.map((extent, axis) => {
    const stays = axis > 1 || (axis === 1 && sameInputs);
    return stays ? extent : paddedChannels(extent);
  });
  const added = whole.map((extent, axis) => extent - shape[axis]!);
  if (added.every((count) => count === 0)) return { name, shape, before: noOperators };
  const filled = `${name}/padded`;
  return { name: filled, shape: whole, before: zerosAfter(filled, name, added) };
}

/**
 * Writes the blocking of a convolution's weights, `[out, in, height, width]`, to `output`
 * with the dimensions `dims`. The size of a block is the engine's, so the engine blocks the
 * weights: all operators are of constants, and constant folding computes them once, when
 * the session is made. (Constant folding leaves `ReorderInput` alone, since operators of
 * that domain count as ones that might give something else each time.)
 */
export function blockedWeights(
  { name, shape }: Parameter,
  layout: WeightLayout,
  output: string,
  dims: readonly number[],
): Operators {
  const [, inputs, height, width] = shape as [number, number, number, number];
  const taps = height * width;
  const rows = `${name}/rows`;
  const byOutput = swapped(rows, name, [inputs * taps, 1]);
  if (layout === "OIHWBo" || taps === 1) return sequence(byOutput, reshaped(output, rows, dims));
  const columns = `${name}/columns`;
  const byInput = swapped(columns, rows, [taps, "block"]);
  return sequence(byOutput, byInput, reshaped(output, columns, dims));
}

/**
 * Writes the swap of the two axes in the middle of a tensor `[.., block, count, rest]`. With
 * a count of all values in a row of weights, `[O][I K]` becomes `[O/b][I K][b]`, which is
 * `OIHWBo`; with a count of the taps K, and a block as the rest, that becomes
 * `[O/b][I/b][K][b][b]`, which is `OIHWBiBo`.
 */
export function swapped(
  output: string,
  from: string,
  [count, rest]: readonly [count: number, rest: 1 | "block"],
): Operators {
  const shape = `layout/swap-${count}-${rest}`;
  const sizeOf = (size: number) => int64Tensor(`layout/size${size}`, [size]);
  const [left, middle, one] = [sizeOf(-1), sizeOf(count), sizeOf(1)];
  const sizes = [left.name!, blockSize, middle.name!, rest === 1 ? one.name! : blockSize];
  return sequence(
    blockSizeOperators(),
    operator(
      shape,
      "Concat",
      sizes,
      [int("axis", 0)],
      rest === 1 ? [left, middle, one] : [left, middle],
    ),
    operator(`${output}/split`, "Reshape", [from, shape]),
    operator(output, "Transpose", [`${output}/split`], [ints("perm", [0, 2, 1, 3])]),
  );
}

/** The name of a vector of one number, the channels of a block. */
export const blockSize = "layout/block";

/**
 * Writes the operators that find the block size of the machine that runs the model: 16 with
 * AVX-512 (and with NEON if the engine was built for it), 8 on other x64 processors. They
 * block a map of one channel and count the channels of the result; the engine knows that
 * shape without computing the map, so constant folding leaves none of them. Without kernels
 * on blocks MLAS says that a block is 1 (WebAssembly, most builds for ARM). The engine then
 * registers nothing of the domain, and refuses the model by the first operator's name:
 * `com.microsoft.nchwc:ReorderInput(-1) is not a registered function/op`.
 */
function blockSizeOperators(): Operators {
  const pixel = floatTensor("layout/pixel", [1, 1, 1, 1], Float32Array.of(0));
  const channels = int64Tensor("layout/channels", [1]);
  return sequence(
    inDomain(operator("layout/blocked-pixel", "ReorderInput", [pixel.name!], [], [pixel])),
    operator("layout/blocked-shape", "Shape", ["layout/blocked-pixel"]),
    operator(
      blockSize,
      "Gather",
      ["layout/blocked-shape", channels.name!],
      [int("axis", 0)],
      [channels],
    ),
  );
}
