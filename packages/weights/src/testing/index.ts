export { type CheckpointGolden, checkpointGoldens } from "./checkpoint-goldens.ts";
export { colourNetwork, nearestColourFile } from "./nearest-colour.ts";
