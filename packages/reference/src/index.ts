export { oracleKey, oracleLogits, type OracleQuestion, shippedOracleDirectory } from "./oracle.ts";
export { runReference, runReferenceNodes } from "./run-reference.ts";
