import { loadImages } from "@sebench/datasets";
import { runtimeOf } from "@sebench/hosts";
import { type LoweredNetwork, defaultLowering, lower, type LoweringName } from "@sebench/lowering";
import { encodeOnnx } from "@sebench/onnx";
import { datasetOf, imagesOf, type BuiltMember } from "@sebench/pairs";
import { type Precision, openModels } from "@sebench/runtime";
import { inputShape, classesOf } from "@sebench/spec";
import { compareLogits, type Parity } from "../case/parity.ts";
import { quantisationImages } from "../plan/case-plan.ts";

/** Encodes a network as ONNX. int8 takes its scales from the images that `bench run` takes. */
export async function encodeInPrecision(
  lowered: LoweredNetwork,
  { batch, precision }: { readonly batch: number; readonly precision: Precision },
): Promise<Uint8Array> {
  if (precision !== "int8") return encodeOnnx(lowered, { batch, precision });
  const [, size] = inputShape(lowered.network);
  const { images } = await loadImages({ ...quantisationImages(datasetOf(size)), size });
  // Only int8 needs an engine here, so the engine is loaded for it alone.
  const { activationRanges } = await import("@sebench/runtime-onnxruntime-node/activation-ranges");
  const ranges = await activationRanges(lowered, images);
  return encodeOnnx(lowered, { batch, precision, ranges });
}

/** The tolerated share of the greatest logit: exact rewrites differ by rounding alone. */
const tolerance = 1e-4;

/**
 * Compares the logits of a lowering with those of the naive form in fp32, on a batch of real
 * images. onnxruntime runs both on this machine's CPU.
 */
export async function formParity(
  { network, weights }: BuiltMember,
  lowering: LoweringName,
  batch: number,
): Promise<Parity> {
  const [, imageSize] = inputShape(network);
  const images = await imagesOf({
    images: { dataset: datasetOf(imageSize), count: batch },
    imageSize,
  });
  const forms = [defaultLowering(network), lowering].map((form) =>
    lower(network, weights, form, { batch }),
  );
  await using engine = await runtimeOf("onnxruntime-node/cpu").load({ threads: null });
  await using group = await openModels(engine, forms, { batch, precision: "fp32" });
  const [naive, own] = (await group.run(images)) as [Float32Array, Float32Array];
  return compareLogits(own, naive, { classes: classesOf(network), tolerance });
}
