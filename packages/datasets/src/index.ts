export type { BrokenFile, Dataset, ReadImages } from "./dataset.ts";
export {
  type FashionMnist,
  fashionMnistClasses,
  findFashionMnist,
  readFashionMnist,
  type Split,
} from "./fashion-mnist-folder.ts";
export { fashionMnistNormalisation, fashionMnistSide } from "./fashion-mnist-image.ts";
export {
  countImages,
  type DatasetName,
  type LabelledImages,
  loadImages,
} from "./labelled-images.ts";
export { type DatasetRequest, openDataset } from "./open-dataset.ts";
export { openShipped } from "./shipped-dataset.ts";
export { type PreprocessingName, preprocessingNames } from "./preprocessing.ts";
