import type { Artifact } from "@sebench/artifacts";
import type { AddonKind } from "./addon.ts";
import { googleSource } from "./google-source.ts";
import { lambdaSource } from "./lambda-source.ts";

/**
 * tfjs-node's N-API addon and the libtensorflow that it links to, which the
 * package's own install script would fetch. The addon finds libtensorflow by its
 * run path, `$ORIGIN/../../deps/lib`, and the folder is laid out for that.
 */
export const addonArtifacts: Readonly<Record<AddonKind, Artifact>> = {
  cpu: {
    name: "tfjs-node-cpu",
    version: "4.22.0",
    sources: [googleSource("cpu"), lambdaSource()],
  },
  gpu: {
    name: "tfjs-node-gpu",
    version: "4.22.0",
    sources: [googleSource("gpu")],
  },
};
