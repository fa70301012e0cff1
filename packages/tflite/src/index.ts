export { encodeTflite, type TfliteOptions } from "./encode-tflite.ts";
export type { GroupedForm, WeightPrecision } from "./graph/site.ts";
