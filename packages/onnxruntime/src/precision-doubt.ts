import type { Precision } from "@sebench/runtime";
import type { ProfileSummary } from "./profile.ts";

/** onnxruntime's names of the types that each precision multiplies. */
const multiplied: Readonly<Record<Precision, readonly string[]>> = {
  fp32: ["float"],
  fp16: ["float16"],
  int8: ["uint8", "int8"],
};

/**
 * Why it is not proven that every convolution and matrix product took numbers of the
 * precision, or null where it is. An engine that lacks a kernel may cast to float32
 * before another one, and say nothing. fp32 is never doubted, as a model in fp32 has
 * no other numbers, and neither is a model's file (null), which says itself what it multiplies.
 *
 * @param floatLayers the layers that were to stay in float32, as int8 may keep those of SE
 */
export function notInPrecision(
  precision: Precision | null,
  { products }: ProfileSummary,
  floatLayers = 0,
): string | null {
  if (precision === null || precision === "fp32") return null;
  const right = multiplied[precision];
  const others = Object.entries(products).filter(([type, count]) => {
    return !right.includes(type) && !(type === "float" && count <= floatLayers);
  });
  if (others.length > 0) {
    const list = others.map(([type, count]) => `${count} in ${type}`).join(", ");
    return `not every convolution and matrix product was computed in ${precision}: ${list}`;
  }
  return right.some((type) => products[type] !== undefined)
    ? null
    : `the profile shows no convolution or matrix product in ${precision}`;
}
