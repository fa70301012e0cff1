import type { Tfjs } from "@sebench/tfjs";
import type { TrainingKernels } from "@sebench/tfjs/training";
import type { TensorflowBackend } from "./tfjs-node.ts";

type Tensor = ReturnType<TrainingKernels["relu"]>;
/** Keeps tensors for the gradient. */
type Save = (tensors: Tensor[]) => void;

/** An attribute of a TensorFlow operator, as the addon takes it. */
interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | boolean | string;
}

/** What tfjs-node's backend has beyond what it is typed with here: it calls TensorFlow's operators by name. */
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
 * TensorFlow's own kernels for both ways of batch norm and ReLU. tfjs would
 * compose the statistics of a batch, and both gradients, of some ten kernels.
 */
export function tensorflowTrainingKernels(tf: Tfjs, of: TensorflowBackend): TrainingKernels {
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
  // In training the operator wants its running statistics empty.
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
