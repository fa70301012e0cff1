export { checkpointBytes, legacyKeys } from "./checkpoint-bytes.ts";
