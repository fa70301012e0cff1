export type { Weights } from "./weights.ts";
