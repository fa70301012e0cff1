import { InputError } from "@sebench/spec";
import type { Tfjs } from "@sebench/tfjs";
import type { TrainingKernels } from "@sebench/tfjs/training";
import type { TfjsNodeDeviceName } from "./binding.ts";
import { tfjsNodeDevices } from "./device.ts";
import { findAddon } from "./find-addon.ts";
import { loadTfjsNode } from "./tfjs-node.ts";
import { tensorflowTrainingKernels } from "./training-kernels.ts";

export interface TrainingBackend {
  readonly tf: Tfjs;
  readonly kernels: TrainingKernels;
  /** tfjs-node's version, and libtensorflow's. */
  readonly version: string;
}

/**
 * tfjs-node, ready to train on a device.
 *
 * @param threads of the CPU; null leaves it to TensorFlow, which takes one for each core
 * @throws InputError Where the addon has not been fetched, does not load, or has no GPU.
 */
export async function openTraining(
  device: TfjsNodeDeviceName,
  threads: number | null,
): Promise<TrainingBackend> {
  const row = tfjsNodeDevices[device];
  const addon = await findAddon(row.addon);
  if (!addon) {
    const { reason, remedy } = await row.explainMissing();
    throw new InputError(reason, { remedy });
  }
  const { tf, backend } = await loadTfjsNode(row.addon, addon, threads);
  const absence = await row.findAbsence(backend);
  if (absence) throw new InputError(absence.reason, { remedy: absence.remedy });
  return {
    tf,
    kernels: tensorflowTrainingKernels(tf, backend),
    version: `tfjs-node ${tf.version_core}, libtensorflow ${backend.binding.TF_Version}`,
  };
}
