import type { Runtime } from "@sebench/runtime";
import type { TfjsNodeDeviceName } from "./binding.ts";

const libtensorflow = "fetched by pnpm bench doctor --fix, for Linux on x64";

/** What is said of each device without loading anything. */
const devices: Readonly<Record<TfjsNodeDeviceName, Pick<Runtime, "hosts" | "requires">>> = {
  cpu: { hosts: ["node", "bun", "deno"], requires: { libtensorflow } },
  cuda: {
    hosts: ["node"],
    requires: { gpu: "NVIDIA, with its driver, CUDA 11.2 and cuDNN 8.1", libtensorflow },
  },
};

export const tfjsNodeCpu = declare("cpu");
export const tfjsNodeCuda = declare("cuda");

function declare(device: TfjsNodeDeviceName): Runtime {
  const precisions: Runtime["precisions"] = ["fp32"];
  const declaration = {
    id: `tfjs-node/${device}`,
    device,
    precisions,
    ...devices[device],
  } as const;
  return {
    ...declaration,
    async load(options) {
      const { openTfjsNodeEngine } = await import("./binding.ts");
      return openTfjsNodeEngine(declaration, device, options);
    },
  };
}
