export { sampleEvaluation } from "./sample-evaluation.ts";
export { failedCase, okCase, sampleHeader, untimedCase } from "./sample-run.ts";
export { sampleSummary } from "./sample-summary.ts";
export { sampleCircumstances, sampleTrial } from "./sample-trials.ts";
