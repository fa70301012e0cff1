import { join } from "node:path";

/** tfjs-node's two builds, as TensorFlow's host names them. */
export type AddonKind = "cpu" | "gpu";

/** The addon in an artifact's folder. */
export function addonIn(folder: string): string {
  return join(folder, "lib/napi/tfjs_binding.node");
}

/** The only system that what is fetched runs on. */
export const isFetchable = process.platform === "linux" && process.arch === "x64";

export const notFetchable = {
  reason: `tfjs-node's addon can be fetched for Linux on x64 only, and this is ${process.platform} on ${process.arch}`,
  remedy: "use Linux on x64, or run the install script of tfjs-node",
};
