export { encodeTflite, type TfliteOptions } from "./encode-tflite.ts";
export type { GroupedForm, WeightPrecision } from "./graph/site.ts";
export { readTflite } from "./flat/read-tflite.ts";
export type { FileOperator, FileTensor, TfliteFile } from "./flat/tflite-file.ts";
export { rewireTflite } from "./flat/rewire.ts";
