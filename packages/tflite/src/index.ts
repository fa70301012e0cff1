export { encodeTflite, type TfliteOptions } from "./encode-tflite.ts";
export type { GroupedForm, WeightPrecision } from "./graph/site.ts";
export {
  type FileOperator,
  type FileTensor,
  readTflite,
  type TfliteFile,
} from "./flat/read-tflite.ts";
