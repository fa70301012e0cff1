export { ablationMarkdown } from "./ablations/markdown.ts";
export { readRuns } from "./ablations/run.ts";
export { ablationTable } from "./ablations/table.ts";
export { readCheckpoint, writeCheckpoint } from "./training/checkpoint.ts";
export { defaultSettings } from "./training/settings.ts";
