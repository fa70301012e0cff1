import type { Tfjs, TfjsBinding } from "../src/index.ts";
import { openBackend } from "../src/testing/backend.ts";
import { testBinding } from "../src/testing/binding.ts";
// The package is imported by its path, since `runtime-tfjs-node` depends on this package.
import { tfjsNodeBinding } from "../../runtime-tfjs-node/src/binding.ts";
import { tfjsNodeCpu } from "../../runtime-tfjs-node/src/runtime.ts";

/** The bindings of runtimes that compute in Node, where tfjs's wasm has one thread. */
export const nodeBindings = {
  "tfjs-node/cpu": () => tfjsNodeBinding(tfjsNodeCpu, "cpu", { threads: null }),
  "tfjs-web/wasm": () => ({ ...testBinding("wasm"), start: startWasm }),
} as const satisfies Readonly<Record<string, () => TfjsBinding>>;

export type NodeRuntimeId = keyof typeof nodeBindings;

/** Starts wasm without the checks after each kernel that tests want. */
async function startWasm(): Promise<Tfjs> {
  const tf = await openBackend("wasm");
  tf.env().set("IS_TEST", false);
  return tf;
}

export function isNodeRuntime(id: string | undefined): id is NodeRuntimeId {
  return id !== undefined && Object.hasOwn(nodeBindings, id);
}
