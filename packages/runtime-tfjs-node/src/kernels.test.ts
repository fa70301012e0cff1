import { describeKernels } from "@sebench/tfjs/testing";
import { tfjsNodeBinding } from "./binding.ts";
import { findAddon } from "./find-addon.ts";
import { tfjsNodeCpu } from "./runtime.ts";

describeKernels({
  name: "libtensorflow",
  binding: tfjsNodeBinding(tfjsNodeCpu, "cpu", { threads: 2 }),
  pads: ["pad"],
  missing: async () =>
    (await findAddon("cpu"))
      ? null
      : "tfjs-node's addon has not been fetched: pnpm bench doctor --fix",
});
