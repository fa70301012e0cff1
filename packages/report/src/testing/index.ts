export { sampleExcitations } from "./sample-excitations.ts";
export { sampleDifferences, sampleExplanation } from "./sample-explanation.ts";
export { sampleRun } from "./sample-run.ts";
