export {
  countImages,
  type DatasetName,
  type LabelledImages,
  loadImages,
} from "./labelled-images.ts";
