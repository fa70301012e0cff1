import type { LoweredNetwork } from "@sebench/lowering";
import type { Tensor } from "@sebench/spec";
import { encodeRangesModel } from "../encode-onnx.ts";
import type { ActivationRanges } from "../precision/activation-scales.ts";
import { runOutputs } from "./onnxruntime.ts";

/** The ranges of onnxruntime's activations on one image. */
export async function rangesOn(lowered: LoweredNetwork, image: Tensor): Promise<ActivationRanges> {
  const { bytes, outputs } = encodeRangesModel(lowered);
  const told = await runOutputs(bytes, image);
  return Object.fromEntries(
    [...outputs].map(([node, [least, greatest]]) => [
      node,
      [told.get(least)![0]!, told.get(greatest)![0]!] as const,
    ]),
  );
}
