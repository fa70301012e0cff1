import { join } from "node:path";

/** One of tfjs-node's two builds, by the name that TensorFlow's host has for it. */
export type AddonKind = "cpu" | "gpu";

/** The path of the addon in an artifact's folder. */
export function addonIn(folder: string): string {
  return join(folder, "lib/napi/tfjs_binding.node");
}

/** Whether this is the one system for which the addon can be fetched. */
export const isFetchable = process.platform === "linux" && process.arch === "x64";

export const notFetchable = {
  reason: `tfjs-node's addon can be fetched for Linux on x64 only, and this is ${process.platform} on ${process.arch}`,
  remedy: "use Linux on x64, or run the install script of tfjs-node",
};
