import type { ParameterSlot } from "@sebench/spec";
import type { Arrange } from "./constant.ts";
import type { KernelWriter } from "./kernel-writer.ts";
import type { Site } from "./site.ts";

export const asItIs: Arrange = (source, target) => target.set(source);

/** The name of a constant made of a parameter that the node must have. */
export function writeParameter(
  { parameters }: Site,
  slot: ParameterSlot,
  shape: readonly number[],
  arrange: Arrange,
  writer: KernelWriter,
): string {
  const parameter = parameters[slot];
  if (!parameter) throw new Error(`the node has no ${slot}`);
  return writer.constant(shape, parameter.name, arrange);
}

/** As many values of the bias as asked for, from a first one; null where the node has none. */
export function writeBias(
  site: Site,
  first: number,
  count: number,
  writer: KernelWriter,
): string | null {
  if (!site.parameters.bias) return null;
  const part: Arrange = (source, target) => target.set(source.subarray(first, first + count));
  return writeParameter(site, "bias", [count], part, writer);
}
