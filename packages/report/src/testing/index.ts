export { sampleExcitations } from "./sample-excitations.ts";
export { sampleExplanation } from "./sample-explanation.ts";
export { sampleRun } from "./sample-run.ts";
