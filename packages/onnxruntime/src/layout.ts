import type { LoweredNetwork } from "@sebench/lowering";
import { InputError } from "@sebench/spec";
import type { Binding } from "./binding.ts";

/** @throws InputError where the binding's kernels do not compute in the network's layout */
export function requireLayout(
  { runtime, layouts = [] }: Pick<Binding, "runtime" | "layouts">,
  { lowering, layout = "engine" }: Pick<LoweredNetwork, "lowering" | "layout">,
): void {
  if (layout === "engine" || layouts.includes(layout)) return;
  throw new InputError(`${runtime.id} has no kernels for the layout ${layout} of ${lowering}`, {
    remedy: `take it on onnxruntime-node/cpu, or leave "${layout}/" out of --lowering`,
  });
}
