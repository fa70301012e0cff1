import type { Engine, EngineOptions, Runtime } from "@sebench/runtime";
import { InputError } from "@sebench/spec";
import { formsOf, type TfjsBinding, tfjsEngine } from "@sebench/tfjs";
import { tfjsNodeDevices } from "./device.ts";
import { type Addon, findAddon } from "./find-addon.ts";
import { loadTfjsNode, type TfjsNode } from "./tfjs-node.ts";

/** The second part of a runtime's id. */
export type TfjsNodeDeviceName = keyof typeof tfjsNodeDevices;

interface Loaded extends TfjsNode {
  readonly addon: Addon;
}

export function tfjsNodeBinding(
  runtime: Pick<Runtime, "id" | "precisions">,
  device: TfjsNodeDeviceName,
  options: EngineOptions,
  find: typeof findAddon = findAddon,
): TfjsBinding {
  const row = tfjsNodeDevices[device];
  let loading: Promise<Loaded> | null = null;
  const load = () => (loading ??= findAndLoad());

  async function findAndLoad(): Promise<Loaded> {
    const addon = await find(row.addon);
    if (!addon) {
      const { reason, remedy } = await row.explainMissing();
      throw new InputError(reason, { remedy });
    }
    return { addon, ...(await loadTfjsNode(row.addon, addon, options.threads)) };
  }

  return {
    runtime,
    forms: formsOf[`tfjs-node/${device}`],
    start: async () => (await load()).tf,
    // There is nothing to check: TensorFlow throws where it cannot compute.
    requireAlive() {},
    async probe() {
      try {
        const loaded = await load();
        const absence = await row.findAbsence(loaded.backend);
        if (absence) return { ok: false, ...absence };
        const description = await row.describe(options);
        return { ok: true, version: versionOf(loaded), device: description, software: false };
      } catch (error) {
        const { message, remedy } = error as InputError;
        return { ok: false, reason: message, remedy: remedy ?? "run pnpm bench doctor --fix" };
      }
    },
    async judge(run) {
      const loaded = await load();
      const { source, pinned } = loaded.addon;
      const { evidence, ...observed } = await row.observe(loaded);
      const reason = otherBackend(run.backend) ?? row.doubt({ evidence, ...observed }, options);
      return {
        device,
        proven: reason === null,
        reason,
        software: false,
        threads: observed.threads,
        tf32: observed.tf32,
        evidence: {
          version: loaded.tf.version_core,
          libtensorflow: loaded.backend.binding.TF_Version,
          addon: { source, pinned },
          isUsingGpuDevice: observed.isUsingGpuDevice,
          threadsAsked: options.threads,
          ...run,
          ...evidence,
        },
      };
    },
  };
}

/** The versions of tfjs-node, which is the JavaScript, and of libtensorflow, which has the kernels. */
function versionOf({ tf, backend }: Loaded): string {
  return `${tf.version_core} (libtensorflow ${backend.binding.TF_Version})`;
}

function otherBackend(backend: string): string | null {
  return backend === "tensorflow" ? null : `tfjs computed with its backend ${backend}`;
}

/** Opens the engine of a declared runtime. */
export function openTfjsNodeEngine(
  runtime: Pick<Runtime, "id" | "precisions">,
  device: TfjsNodeDeviceName,
  options: EngineOptions,
): Engine {
  return tfjsEngine(tfjsNodeBinding(runtime, device, options));
}
