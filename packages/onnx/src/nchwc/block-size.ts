import { int } from "../attribute.ts";
import { type Operators, sequence } from "../operators.ts";
import { floatTensor, int64Tensor } from "../tensor-proto.ts";
import { inDomain, operator } from "./write.ts";

/** A vector of one number: the channels of a block. */
export const blockSize = "layout/block";

/**
 * Finds the block size where the model runs: 16 with AVX-512 (and with NEON where the
 * engine was built for it), 8 on other x64 processors. A map of one channel is blocked,
 * and the channels of what that gives are counted: the engine knows that shape without
 * computing the map, so constant folding leaves none of this. Without kernels on blocks
 * MLAS says that a block is 1 (WebAssembly, most builds for ARM). The engine then
 * registers nothing of the domain, and refuses the model by the first operator's name:
 * `com.microsoft.nchwc:ReorderInput(-1) is not a registered function/op`.
 */
export function blockSizeOperators(): Operators {
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
