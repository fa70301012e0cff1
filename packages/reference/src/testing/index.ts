export { goldenImages } from "../golden-values.ts";
export { coveringNetworks, coveringSet, type Sized, testsAll } from "./covering-set.ts";
export { relativeError, testImages } from "./images.ts";
export { everyNetwork, otherFamilies, seVariants, withHangingPools } from "./network-variants.ts";
export {
  activated,
  applied,
  convolutions,
  gatedConvolutions,
  groupedConvolutions,
  otherOperators,
  pools,
} from "./operator-networks.ts";
export { plantFault, type PlantedFault } from "./planted-fault.ts";
export { withLargeSums } from "./large-sums.ts";
export { publishedFile } from "./published-file.ts";
export {
  channelsLast,
  goldenWeights,
  trainingBatch,
  type TrainingGolden,
  trainingGoldens,
} from "./training-goldens.ts";
