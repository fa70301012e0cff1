export { checkWeights } from "./check-weights.ts";
export { contentHash } from "./content-hash.ts";
export { foldBatchNorm } from "./fold-batch-norm.ts";
export { readSafetensors } from "./read-safetensors.ts";
export { seededWeights } from "./seeded-weights.ts";
export type { Dtype, SafetensorsFile, StoredTensor } from "./stored-tensor.ts";
export { fromWeights, toWeights } from "./stored-weights.ts";
export type { Weights } from "./weights.ts";
export { writeSafetensors } from "./write-safetensors.ts";
