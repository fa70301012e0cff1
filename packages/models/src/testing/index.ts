export {
  activations,
  classicGate,
  gates,
  layers,
  mapIn,
  readIn,
  squeezes,
  TestGraph,
} from "./block-forms.ts";
