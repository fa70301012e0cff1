import { fetchArtifact, packageProvision, type Provision } from "@sebench/artifacts";
import { listNvidiaGpus } from "@sebench/hardware";
import { type AddonKind, isFetchable } from "./addon.ts";
import { addonArtifacts } from "./addon-artifacts.ts";
import { findAddon } from "./find-addon.ts";
import { hasTfjsNode, tfjsNodePackages } from "./tfjs-node.ts";

export const tfjsNodeProvisions: readonly Provision[] = [
  packageOf("cpu", "tfjs-node/cpu"),
  {
    name: "libtensorflow for tfjs-node",
    runtimes: ["tfjs-node/cpu"],
    async missing(cacheDirectory) {
      if (!isFetchable || !hasTfjsNode("cpu", cacheDirectory)) return null;
      if (await findAddon("cpu", cacheDirectory)) return null;
      return "libtensorflow and tfjs-node's addon (up to 200 MB, 240 MB unpacked)";
    },
    fetch: (options) => fetchInto(addonArtifacts.cpu, options),
  },
  packageOf("gpu", "tfjs-node/cuda"),
  {
    name: "libtensorflow for tfjs-node-gpu",
    runtimes: ["tfjs-node/cuda"],
    async missing(cacheDirectory) {
      if (!isFetchable || !hasTfjsNode("gpu", cacheDirectory)) return null;
      if (await findAddon("gpu", cacheDirectory)) return null;
      if ((await listNvidiaGpus()).length === 0) return null;
      return "libtensorflow for CUDA and tfjs-node-gpu's addon (some hundred MB)";
    },
    fetch: (options) => fetchInto(addonArtifacts.gpu, options),
  },
];

/** The JavaScript of tfjs-node: of use only where its addon can be fetched, and for CUDA a GPU is there. */
function packageOf(kind: AddonKind, runtime: string): Provision {
  const provision = packageProvision(tfjsNodePackages[kind], import.meta.url, {
    runtimes: [runtime],
    size: "300 MB",
  });
  return {
    ...provision,
    async missing(cacheDirectory) {
      if (!isFetchable) return null;
      if (kind === "gpu" && (await listNvidiaGpus()).length === 0) return null;
      return provision.missing(cacheDirectory);
    },
  };
}

async function fetchInto(...[artifact, options]: Parameters<typeof fetchArtifact>): Promise<void> {
  await fetchArtifact(artifact, options);
}
