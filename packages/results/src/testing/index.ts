export { sampleEvaluation } from "./sample-evaluation.ts";
export { sampleMeasurement } from "./sample-measurement.ts";
export { failedCase, okCase, sampleHeader, untimedCase } from "./sample-run.ts";
export { sampleLoads, sampleServer } from "./sample-serving.ts";
export { sampleSoak } from "./sample-soak.ts";
export { sampleSummary } from "./sample-summary.ts";
export { sampleCircumstances, sampleTrial } from "./sample-trials.ts";
