export {
  activations,
  classicGate,
  gates,
  layers,
  mapIn,
  readIn,
  squeezes,
  TestGraph,
  times,
} from "./block-forms.ts";
export { graph, model, modelFunction, node, valueInfo } from "./onnx-writer.ts";
export { fromWireTree, wireTree } from "./wire-tree.ts";
