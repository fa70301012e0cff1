export type { Normalised, TrainingKernels } from "./differentiable.ts";
export { Sgd, type SgdOptions } from "./sgd.ts";
export { type Batch, type StepOutcome, trainStep } from "./train-step.ts";
export { TrainableNetwork } from "./trainable-network.ts";
