export {
  activations,
  classicGate,
  gates,
  layers,
  mapIn,
  modelWithSe,
  readIn,
  squeezes,
  TestGraph,
  times,
} from "./block-forms.ts";
export {
  externalTensor,
  graph,
  model,
  modelFunction,
  node,
  tensor,
  valueInfo,
} from "./onnx-writer.ts";
export { fromWireTree, wireTree } from "./wire-tree.ts";
export { fetchOcrModels, fetchSelfieModels, withExport, withWeights } from "./real-files.ts";
export { graphSqueezes, type SmallGraphModel, smallGraphModel } from "./graph-model.ts";
