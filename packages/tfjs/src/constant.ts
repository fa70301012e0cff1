/** A tensor that does not change, in the layout that tfjs's kernels read. */
export interface Constant {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Writes a parameter's values in tfjs's layout; the target holds zeros. */
export type Arrange = (source: Float32Array, target: Float32Array) => void;

/** How a constant is made of a parameter of the network. */
export interface ConstantRecipe {
  readonly name: string;
  readonly shape: readonly number[];
  /** The parameter's name; null where the values come from none. */
  readonly parameter: string | null;
  readonly arrange: Arrange;
}
