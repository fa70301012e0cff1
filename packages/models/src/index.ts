export type { BlockKind } from "./blocks/block.ts";
export {
  type InspectedBlock,
  type Inspection,
  inspectionVersion,
  inspectModel,
} from "./inspect/inspection.ts";
export { type InputSizes, parseInputSizes } from "./shapes/infer.ts";
export { dimsText } from "./shapes/dims.ts";
export { type Twin, writeTwin } from "./twin/cut-blocks.ts";
export type { RuntimeNote } from "./inspect/runtimes.ts";
export type { SlowForm } from "./inspect/slow-forms.ts";
export { type Rewritten, rewriteModel } from "./rewrite/passes.ts";
export { importModel } from "./import/import-graph.ts";
export { externalFiles, readModel } from "./graph/read-model.ts";
export { writeModel } from "./twin/write-model.ts";
