import type { Provision } from "@sebench/artifacts";
import { onnxruntimeNodeProvisions } from "@sebench/runtime-onnxruntime-node/provision";
import { tfjsNodeProvisions } from "@sebench/runtime-tfjs-node/provision";

/** Everything beyond npm packages that a runtime needs and that can be fetched. */
export const provisions: readonly Provision[] = [
  ...tfjsNodeProvisions,
  ...onnxruntimeNodeProvisions,
];
