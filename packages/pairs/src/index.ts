export {
  buildMember,
  imagesOf,
  buildModel,
  type BuiltModel,
  type ModelDescription,
  lowerMember,
} from "./build-member.ts";
export {
  importedFile,
  type ImportedFile,
  type ModelFileDescription,
  placedFile,
} from "./model-file.ts";
export { type ImageRange, rangeOf, openImages } from "./image-range.ts";
export type { BuiltMember } from "./member.ts";
export {
  describeOrigin,
  describePreprocessing,
  type MemberChoice,
  type MemberOrigin,
  openMember,
  type OpenedMember,
  type Preprocessing,
  untakenTag,
} from "./open-member.ts";
export { boardPairs, type AskedPair, openPair, type PairChoice } from "./open-pair.ts";
export {
  type AskedWeights,
  seededWord,
  openCheckpoint,
  type OpenedCheckpoint,
  requireSameWeights,
  type RunWeights,
  seededRun,
  shippedRun,
  type PairWeights,
} from "./pair-weights.ts";
export { type PairDescription, datasetOf, type ImageSet, type WeightsSource } from "./pair.ts";
export { isTrained } from "./trained-weights.ts";
