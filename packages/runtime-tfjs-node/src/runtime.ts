import type { Runtime } from "@sebench/runtime";
import { tfjsEngine } from "@sebench/tfjs";
import { tfjsNodeBinding, type TfjsNodeDeviceName } from "./binding.ts";
import { tfjsNodeDevices } from "./device.ts";

const hosts: Readonly<Record<TfjsNodeDeviceName, Runtime["hosts"]>> = {
  cpu: ["node", "bun", "deno"],
  cuda: ["node"],
};

export const tfjsNodeCpu = declare("cpu");
export const tfjsNodeCuda = declare("cuda");

function declare(device: TfjsNodeDeviceName): Runtime {
  const declaration = {
    id: `tfjs-node/${device}`,
    device,
    hosts: hosts[device],
    precisions: ["fp32"],
    requires: tfjsNodeDevices[device].requires,
  } as const;
  return {
    ...declaration,
    load: async (options) => tfjsEngine(tfjsNodeBinding(declaration, device, options)),
  };
}
