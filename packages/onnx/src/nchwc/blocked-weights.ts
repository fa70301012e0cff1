import type { Parameter } from "@sebench/spec";
import { int, ints } from "../attribute.ts";
import { type Operators, sequence } from "../operators.ts";
import { int64Tensor } from "../tensor-proto.ts";
import { blockSize, blockSizeOperators } from "./block-size.ts";
import type { WeightLayout } from "./blocks.ts";
import { operator, reshaped } from "./write.ts";

/**
 * The weights of a convolution, `[out, in, height, width]`, blocked, as `output` with the
 * dimensions `dims`. The size of a block is the engine's, so it is the engine that blocks
 * them: all of this is of constants, and constant folding computes it once, when the
 * session is made. (It would not fold `ReorderInput`: operators of that domain count as
 * ones that might give something else each time.)
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
 * Takes a tensor as `[.., block, count, rest]` and swaps the two in the middle. By all
 * that a row of weights holds, `[O][I K]` becomes `[O/b][I K][b]`, which is `OIHWBo`; and
 * by its taps K, with a block as the rest, that becomes `[O/b][I/b][K][b][b]`, `OIHWBiBo`.
 */
function swapped(
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
