import { fetchArtifact, type Provision } from "@sebench/artifacts";
import { listNvidiaGpus } from "@sebench/hardware";
import { isFetchable } from "./addon.ts";
import { addonArtifacts } from "./addon-artifacts.ts";
import { findAddon } from "./find-addon.ts";

export const tfjsNodeProvisions: readonly Provision[] = [
  {
    name: "libtensorflow for tfjs-node",
    runtimes: ["tfjs-node/cpu"],
    async missing(cacheDirectory) {
      if (!isFetchable || (await findAddon("cpu", cacheDirectory))) return null;
      return "libtensorflow and tfjs-node's addon (up to 200 MB, 240 MB unpacked)";
    },
    fetch: (options) => fetchInto(addonArtifacts.cpu, options),
  },
  {
    name: "libtensorflow for tfjs-node-gpu",
    runtimes: ["tfjs-node/cuda"],
    async missing(cacheDirectory) {
      if (!isFetchable || (await findAddon("gpu", cacheDirectory))) return null;
      if ((await listNvidiaGpus()).length === 0) return null;
      return "libtensorflow for CUDA and tfjs-node-gpu's addon (some hundred MB)";
    },
    fetch: (options) => fetchInto(addonArtifacts.gpu, options),
  },
];

async function fetchInto(...[artifact, options]: Parameters<typeof fetchArtifact>): Promise<void> {
  await fetchArtifact(artifact, options);
}
