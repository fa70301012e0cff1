export {
  type FashionMnist,
  fashionMnistClasses,
  findFashionMnist,
  readFashionMnist,
  type Split,
} from "./fashion-mnist/fashion-mnist-folder.ts";
export {
  fashionMnistNormalisation,
  fashionMnistSide,
} from "./fashion-mnist/fashion-mnist-image.ts";
export type { BrokenFile, Dataset, ReadImages } from "./image/dataset.ts";
export {
  ownPreprocessing,
  type Preprocessing,
  type PreprocessingChoice,
  type PreprocessingName,
  preprocessingNames,
} from "./image/preprocessing.ts";
export { readImageFolder } from "./image-files/image-files-dataset.ts";
export { type DatasetRequest, openDataset } from "./open-dataset.ts";
export {
  countImages,
  type DatasetName,
  type LabelledImages,
  loadImages,
  openShipped,
} from "./shipped/shipped-images.ts";
