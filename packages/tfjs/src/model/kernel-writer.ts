import type * as core from "@tensorflow/tfjs-core";

/** The inputs of a kernel by their names there. */
type Named<Name extends string> = Readonly<Record<Name, string>>;
type Row = readonly string[];
type None = Readonly<Record<string, never>>;

/** The inputs and the attributes of the kernels of tfjs that networks are made of. */
export interface KernelTypes {
  Add: [Named<"a" | "b">, None];
  AddN: [Row, None];
  AvgPool: [Named<"x">, core.AvgPoolAttrs];
  BatchMatMul: [Named<"a" | "b">, core.BatchMatMulAttrs];
  ClipByValue: [Named<"x">, core.ClipByValueAttrs];
  Concat: [Row, core.ConcatAttrs];
  Conv2D: [Named<"x" | "filter">, core.Conv2DAttrs];
  DepthwiseConv2dNative: [Named<"x" | "filter">, DepthwiseAttributes];
  FusedBatchNorm: [Named<"x" | "mean" | "variance" | "scale" | "offset">, core.FusedBatchNormAttrs];
  FusedConv2D: [Biased<"x" | "filter">, Rounding<core.FusedConv2DAttrs>];
  FusedDepthwiseConv2D: [Biased<"x" | "filter">, Rounding<core.FusedDepthwiseConv2DAttrs>];
  Max: [Named<"x">, core.MaxAttrs];
  MaxPool: [Named<"x">, core.MaxPoolAttrs];
  Mean: [Named<"x">, core.MeanAttrs];
  Multiply: [Named<"a" | "b">, None];
  PadV2: [Named<"x">, core.PadV2Attrs];
  RealDiv: [Named<"a" | "b">, None];
  Relu: [Named<"x">, None];
  Relu6: [Named<"x">, None];
  Reshape: [Named<"x">, core.ReshapeAttrs];
  Sigmoid: [Named<"x">, None];
  SplitV: [Named<"x">, core.SplitVAttrs];
  Sum: [Named<"x">, core.SumAttrs];
  Tanh: [Named<"x">, None];
  Tile: [Named<"x">, core.TileAttrs];
  Transpose: [Named<"x">, core.TransposeAttrs];
  _FusedMatMul: [Biased<"a" | "b">, core._FusedMatMulAttrs];
}

type Biased<Name extends string> = Named<Name> & { readonly bias?: string };

/** The attributes without the rounding mode, which tfjs's types ask for and its kernels do not use. */
type Rounding<Attributes> = Omit<Attributes, "dimRoundingMode">;
type DepthwiseAttributes = Rounding<core.DepthwiseConv2dNativeAttrs>;

export type KernelName = keyof KernelTypes;

/** A call of a kernel of tfjs, for `engine().runKernel`. */
export interface KernelCall {
  /** The name of the network's node that the call is part of. */
  readonly node: string;
  readonly kernel: KernelName;
  /** The names of the values and constants that the kernel reads. */
  readonly inputs: Readonly<Record<string, string>> | Row;
  readonly attributes: object;
  /** The names of the values that the kernel gives. */
  readonly outputs: readonly string[];
}

/** A constant tensor in the layout that tfjs's kernels read. */
export interface Constant {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Writes a parameter's values in tfjs's layout to a target that holds zeros. */
export type Arrange = (source: Float32Array, target: Float32Array) => void;

/** The recipe by which a constant is made of a parameter of the network. */
export interface ConstantRecipe {
  readonly name: string;
  readonly shape: readonly number[];
  /** The parameter's name, or null if the values come from no parameter. */
  readonly parameter: string | null;
  readonly arrange: Arrange;
}

/** Writes a model down, kernel by kernel, with values that are named after their nodes. */
export class KernelWriter {
  readonly calls: KernelCall[] = [];
  readonly recipes: ConstantRecipe[] = [];
  #node = "";
  #count = 0;

  /** Makes everything written from now on part of a node. */
  enter(node: string): void {
    this.#node = node;
    this.#count = 0;
  }

  /** Writes a call of a kernel that gives one value, and returns the value's name. */
  call<Name extends KernelName>(kernel: Name, ...of: KernelTypes[Name]): string {
    const [only] = this.callForMany(kernel, 1, ...of);
    return only!;
  }

  /** Writes a call of a kernel that gives `count` values, and returns the values' names. */
  callForMany<Name extends KernelName>(
    kernel: Name,
    count: number,
    ...[inputs, attributes]: KernelTypes[Name]
  ): string[] {
    const outputs = Array.from({ length: count }, () => this.#newName());
    this.calls.push({ node: this.#node, kernel, inputs, attributes, outputs });
    return outputs;
  }

  constant(shape: readonly number[], parameter: string | null, arrange: Arrange): string {
    const name = this.#newName();
    this.recipes.push({ name, shape, parameter, arrange });
    return name;
  }

  #newName(): string {
    return `${this.#node}#${this.#count++}`;
  }
}
