export { relativeError, testImages } from "./images.ts";
export { seVariants, withHangingPools } from "./network-variants.ts";
export {
  activated,
  applied,
  convolutions,
  groupedConvolutions,
  otherOperators,
  pools,
} from "./operator-networks.ts";
