import type { Node } from "../graph/model.ts";

/** An activation or a gate, as people name it. */
export interface Form {
  /** The name: `relu`, `hard-sigmoid`, `silu`; `none` without any, or the operators joined by `+`. */
  readonly name: string;
  /** The operators as the file has them. */
  readonly operators: readonly string[];
  /** The slope and the offset of a hard sigmoid that is written as one operator, or else null. */
  readonly slope: readonly [number, number] | null;
}

/** The kinds of SE blocks of a model. */
export type BlockKind =
  | "classic"
  | "residual"
  | "one-layer"
  | "eca"
  | "max-average"
  | "other-tensor";

/** A squeeze-and-excitation block of a model. */
export interface Block {
  readonly kind: BlockKind;
  /** The title of the node, such as If, in whose body the block stands, or null. */
  readonly within: string | null;
  /** The map that is scaled. */
  readonly map: string;
  /** The value that the product reads as the map: the map itself, or in another form. */
  readonly operand: string;
  /** The maps that are squeezed, of which there is one but for other tensors. */
  readonly squeezed: readonly string[];
  readonly squeezes: readonly Node[];
  /** The nodes between the squeezes and the product. */
  readonly excite: readonly Node[];
  readonly product: Node;
  /** The sum of a residual block that is written as `x + x*s`, or else null. */
  readonly sum: Node | null;
  /** The channels of the map, or null where they are not known. */
  readonly channels: number | null;
  /** The width between the two layers, or null for a block with one, or one that is not known. */
  readonly width: number | null;
  readonly activation: Form | null;
  readonly gate: Form;
  /** The nodes that read what the block gives; a name without a node is an output of the graph. */
  readonly readers: readonly (Node | string)[];
  /** The tensors of the block's weights, with their elements; other blocks may share some. */
  readonly weights: ReadonlyMap<string, number>;
  /** The multiply-accumulates of a run, or null where a size is free. */
  readonly macs: number | null;
}
