import type { Tensor } from "@sebench/spec";

/** Every parameter of a network, by its name. */
export type Weights = ReadonlyMap<string, Tensor>;
