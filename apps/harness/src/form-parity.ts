import { defaultLowering, lower, type LoweringName } from "@sebench/lowering";
import { openModels } from "@sebench/runtime";
import { classesOf, inputShape } from "@sebench/spec";
import { imagesOf } from "./build-pair.ts";
import type { BuiltMember } from "./checkpoint-member.ts";
import { compareLogits, type Parity } from "./parity.ts";
import { datasetOf } from "./plan.ts";
import { runtimeOf } from "./runtimes.ts";

/** Of the greatest logit: rewrites that are exact differ by rounding alone. */
const tolerance = 1e-4;

/**
 * How far the logits of a lowering are from the naive form's in fp32, on a batch of
 * real images, both run by onnxruntime on this machine's CPU.
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
