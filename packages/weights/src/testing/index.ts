export { type CheckpointGolden, checkpointGoldens } from "./checkpoint-goldens.ts";
