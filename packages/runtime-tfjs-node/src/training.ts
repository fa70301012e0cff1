import { InputError } from "@sebench/spec";
import type { Tfjs } from "@sebench/tfjs";
import type { TrainingKernels } from "@sebench/tfjs/training";
import type { TfjsNodeDeviceName } from "./binding.ts";
import { tfjsNodeDevices } from "./device.ts";
import { findAddon } from "./find-addon.ts";
import { loadTfjsNode, type TensorflowBackend } from "./tfjs-node.ts";

/** What training computes with. */
export interface TrainingBackend {
  readonly tf: Tfjs;
  readonly kernels: TrainingKernels;
  /** The versions of tfjs-node and libtensorflow. */
  readonly version: string;
}

/**
 * Makes tfjs-node ready to train on a device.
 *
 * @param threads threads of the CPU; null leaves the number to TensorFlow, which takes one for each core
 * @throws InputError where the addon has not been fetched, does not load, or has no GPU
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

type Tensor = ReturnType<TrainingKernels["relu"]>;
/** A function that keeps tensors for the gradient. */
type Save = (tensors: Tensor[]) => void;

/** An attribute of a TensorFlow operator in the addon's form. */
interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean | string;
}

/** The part of tfjs-node's backend that calls TensorFlow's operators by their names. */
interface OperatorCaller extends TensorflowBackend {
  readonly binding: TensorflowBackend["binding"] &
    Readonly<
      Record<
        "TF_FLOAT" | "TF_ATTR_TYPE" | "TF_ATTR_FLOAT" | "TF_ATTR_STRING" | "TF_ATTR_BOOL",
        number
      >
    >;
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
}

/**
 * TensorFlow's own kernels for batch norm and ReLU, forward and backward. tfjs would
 * compose the statistics of a batch, and both gradients, of some ten kernels.
 */
function tensorflowTrainingKernels(tf: Tfjs, of: TensorflowBackend): TrainingKernels {
  const backend = of as OperatorCaller;
  const { binding } = backend;
  const float = (name: string): Attribute => ({
    name,
    type: binding.TF_ATTR_TYPE,
    value: binding.TF_FLOAT,
  });
  const ofBatchNorm = (epsilon: number): Attribute[] => [
    float("T"),
    float("U"),
    { name: "epsilon", type: binding.TF_ATTR_FLOAT, value: epsilon },
    { name: "data_format", type: binding.TF_ATTR_STRING, value: "NHWC" },
    { name: "is_training", type: binding.TF_ATTR_BOOL, value: true },
  ];
  // In training FusedBatchNormV3 takes empty running statistics.
  const empty = tf.keep(tf.tensor1d([], "float32"));

  return {
    batchNorm(x, scale, offset, epsilon) {
      const attributes = ofBatchNorm(epsilon);
      let statistics: { mean: Tensor; variance: Tensor } | null = null;
      const normalise = tf.customGrad((...args) => {
        const [input, factor, shift, save] = args as unknown as [Tensor, Tensor, Tensor, Save];
        const inputs = [input, factor, shift, empty, empty];
        const [value, mean, variance, ...reserved] = backend.executeMultipleOutputs(
          "FusedBatchNormV3",
          attributes,
          inputs,
          6,
        );
        statistics = { mean: tf.keep(mean!), variance: tf.keep(variance!) };
        save([input, factor, ...reserved]);
        const gradFunc = (dy: Tensor, saved: Tensor[]) =>
          backend
            .executeMultipleOutputs("FusedBatchNormGradV3", attributes, [dy, ...saved], 5)
            .slice(0, 3);
        return { value: value!, gradFunc };
      });
      const value = normalise(x, scale, offset);
      return { value, ...statistics! };
    },

    relu: tf.customGrad((...args) => {
      const [x, save] = args as unknown as [Tensor, Save];
      const value = tf.relu(x);
      save([value]);
      const gradFunc = (dy: Tensor, saved: Tensor[]) =>
        backend.executeMultipleOutputs("ReluGrad", [float("T")], [dy, ...saved], 1);
      return { value, gradFunc };
    }),
  };
}
