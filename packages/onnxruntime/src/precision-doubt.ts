import type { Precision } from "@sebench/runtime";
import type { ProfileSummary } from "./profile.ts";

/** What onnxruntime calls the types that each precision multiplies. */
const multiplied: Readonly<Record<Precision, readonly string[]>> = {
  fp32: ["float"],
  fp16: ["float16"],
  int8: ["uint8", "int8"],
};

/**
 * Null where every convolution and matrix product took numbers of the precision;
 * else why that is not proven. An engine that lacks a kernel may put a cast to
 * float32 before another, and say nothing. (Of fp32 it is not asked: there a model
 * has no other numbers.)
 */
export function notInPrecision(precision: Precision, { products }: ProfileSummary): string | null {
  if (precision === "fp32") return null;
  const right = multiplied[precision];
  const others = Object.entries(products).filter(([type]) => !right.includes(type));
  if (others.length > 0) {
    const list = others.map(([type, count]) => `${count} in ${type}`).join(", ");
    return `not every convolution and matrix product was computed in ${precision}: ${list}`;
  }
  return right.some((type) => products[type] !== undefined)
    ? null
    : `the profile shows no convolution or matrix product in ${precision}`;
}
