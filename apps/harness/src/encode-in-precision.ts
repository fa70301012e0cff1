import { loadImages } from "@sebench/datasets";
import type { LoweredNetwork } from "@sebench/lowering";
import { encodeOnnx } from "@sebench/onnx";
import type { Precision } from "@sebench/runtime";
import { inputShape } from "@sebench/spec";
import { datasetOf } from "./plan.ts";
import { quantisationImages } from "./quantisation-images.ts";

/** A network as ONNX bytes. int8 takes its scales from the images that `bench run` takes. */
export async function encodeInPrecision(
  lowered: LoweredNetwork,
  { batch, precision }: { readonly batch: number; readonly precision: Precision },
): Promise<Uint8Array> {
  if (precision !== "int8") return encodeOnnx(lowered, { batch, precision });
  const [, size] = inputShape(lowered.network);
  const { images } = await loadImages({ ...quantisationImages(datasetOf(size)), size });
  // An engine, which no other precision needs here.
  const { activationRanges } = await import("@sebench/runtime-onnxruntime-node");
  const ranges = await activationRanges(lowered, images);
  return encodeOnnx(lowered, { batch, precision, ranges });
}
