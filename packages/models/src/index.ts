export type { Model } from "./graph/model.ts";
export { readModel } from "./graph/read-model.ts";
export { inferShapes } from "./shapes/infer.ts";
