/**
 * The part of TensorFlow Lite's schema, version 3, that is written and read: the numbers of the
 * fields of each table, and of the names in each enumeration.
 *
 * @see https://github.com/google-ai-edge/LiteRT/blob/main/tflite/converter/schema/schema.fbs
 */
export const schemaVersion = 3;

/** The four characters that follow the root's offset in a `.tflite` file. */
export const fileIdentifier = "TFL3";

export const modelFields = {
  version: 0,
  operatorCodes: 1,
  subgraphs: 2,
  description: 3,
  buffers: 4,
  metadata: 6,
  signatures: 7,
} as const;

export const operatorCodeFields = { shortCode: 0, customCode: 1, version: 2, code: 3 } as const;

export const subgraphFields = { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 } as const;

export const tensorFields = {
  shape: 0,
  type: 1,
  buffer: 2,
  name: 3,
  quantization: 4,
  isVariable: 5,
  sparsity: 6,
  shapeSignature: 7,
} as const;

export const operatorFields = {
  code: 0,
  inputs: 1,
  outputs: 2,
  optionsType: 3,
  options: 4,
  customOptions: 5,
} as const;

export const bufferFields = { data: 0, offset: 1, size: 2 } as const;

export const metadataFields = { name: 0, buffer: 1 } as const;

export const signatureFields = { inputs: 0, outputs: 1, key: 2, subgraph: 4 } as const;

export const tensorMapFields = { name: 0, tensor: 1 } as const;

/** The types of elements that are written, with what `TensorType` calls them. */
export const elementTypes = { float32: 0, float16: 1, int32: 2 } as const;
export type ElementType = keyof typeof elementTypes;

/** The largest number of an operator that the field of one byte holds, as files before 2020 have it. */
export const greatestShortCode = 127;

/** How an operator goes over the edge of a map: with as many outputs as strides, or not at all. */
export const paddings = { same: 0, valid: 1 } as const;

/** The activations that an operator can apply to what it gives. */
export const activations = { none: 0, relu: 1, "relu-n1-to-1": 2, relu6: 3 } as const;
export type Activation = keyof typeof activations;

type FieldType = "int8" | "int32" | "bool";

/** A field of an operator's options: its number, its type, and its value where the file leaves it out. */
export type Field<Type = FieldType | "float32"> = readonly [
  slot: number,
  type: Type,
  absent?: number,
];

interface OptionsTable<Type = FieldType> {
  /** The number that `BuiltinOptions` has for the table. */
  readonly type: number;
  readonly fields: Readonly<Record<string, Field<Type>>>;
}

const activated = { activation: [0, "int8"] } as const satisfies OptionsTable["fields"];

const window = {
  padding: [0, "int8"],
  strideW: [1, "int32"],
  strideH: [2, "int32"],
} as const satisfies OptionsTable["fields"];

/** The options of operators, by the name of their table. */
export const optionsTables = {
  Conv2DOptions: {
    type: 1,
    fields: {
      ...window,
      activation: [3, "int8"],
      dilationW: [4, "int32", 1],
      dilationH: [5, "int32", 1],
    },
  },
  DepthwiseConv2DOptions: {
    type: 2,
    fields: {
      ...window,
      multiplier: [3, "int32"],
      activation: [4, "int8"],
      dilationW: [5, "int32", 1],
      dilationH: [6, "int32", 1],
    },
  },
  Pool2DOptions: {
    type: 5,
    fields: {
      ...window,
      filterW: [3, "int32"],
      filterH: [4, "int32"],
      activation: [5, "int8"],
    },
  },
  FullyConnectedOptions: {
    type: 8,
    fields: { ...activated, weightsFormat: [1, "int8"], keepDims: [2, "bool"] },
  },
  ConcatenationOptions: { type: 10, fields: { axis: [0, "int32"], activation: [1, "int8"] } },
  AddOptions: { type: 11, fields: activated },
  ResizeBilinearOptions: {
    type: 15,
    fields: { alignCorners: [2, "bool"], halfPixels: [3, "bool"] },
  },
  ReshapeOptions: { type: 17, fields: {} },
  MulOptions: { type: 21, fields: activated },
  PadOptions: { type: 22, fields: {} },
  TransposeOptions: { type: 26, fields: {} },
  ReducerOptions: { type: 27, fields: { keepDims: [0, "bool"] } },
  DivOptions: { type: 29, fields: activated },
  DequantizeOptions: { type: 38, fields: {} },
  MaximumMinimumOptions: { type: 39, fields: {} },
  PadV2Options: { type: 43, fields: {} },
  HardSwishOptions: { type: 91, fields: {} },
} as const satisfies Readonly<Record<string, OptionsTable>>;

/** The options that are read, and that no operator which is written has. */
const readTables = {
  SoftmaxOptions: { type: 9, fields: { beta: [0, "float32"] } },
  SpaceToDepthOptions: { type: 19, fields: { block: [0, "int32"] } },
  SubOptions: { type: 28, fields: activated },
  StridedSliceOptions: {
    type: 32,
    fields: {
      beginMask: [0, "int32"],
      endMask: [1, "int32"],
      ellipsisMask: [2, "int32"],
      newAxisMask: [3, "int32"],
      shrinkMask: [4, "int32"],
      offset: [5, "bool"],
    },
  },
  SplitOptions: { type: 35, fields: { parts: [0, "int32"] } },
  TransposeConvOptions: { type: 49, fields: { ...window, activation: [3, "int8"] } },
  PackOptions: { type: 59, fields: { count: [0, "int32"], axis: [1, "int32"] } },
  ResizeNearestNeighborOptions: {
    type: 74,
    fields: { alignCorners: [0, "bool"], halfPixels: [1, "bool"] },
  },
  LeakyReluOptions: { type: 75, fields: { alpha: [0, "float32"] } },
  DepthToSpaceOptions: { type: 94, fields: { block: [0, "int32"] } },
} as const satisfies Readonly<Record<string, OptionsTable<FieldType | "float32">>>;

/** The fields of a table of options, by the number that `BuiltinOptions` has for it. */
export const readFields: ReadonlyMap<number, Readonly<Record<string, Field>>> = new Map(
  [...Object.values(optionsTables), ...Object.values(readTables)].map(({ type, fields }) => [
    type,
    fields,
  ]),
);

export type OptionsName = keyof typeof optionsTables;

/** The operators that are written, with the table of their options; null for those without. */
export const optionsOf = {
  ADD: "AddOptions",
  AVERAGE_POOL_2D: "Pool2DOptions",
  CONCATENATION: "ConcatenationOptions",
  CONV_2D: "Conv2DOptions",
  DEPTHWISE_CONV_2D: "DepthwiseConv2DOptions",
  DEQUANTIZE: "DequantizeOptions",
  DIV: "DivOptions",
  FULLY_CONNECTED: "FullyConnectedOptions",
  HARD_SWISH: "HardSwishOptions",
  LOGISTIC: null,
  MAX_POOL_2D: "Pool2DOptions",
  MAXIMUM: "MaximumMinimumOptions",
  MEAN: "ReducerOptions",
  MINIMUM: "MaximumMinimumOptions",
  MUL: "MulOptions",
  PAD: "PadOptions",
  PADV2: "PadV2Options",
  RELU: null,
  RELU6: null,
  RELU_N1_TO_1: null,
  RESHAPE: "ReshapeOptions",
  RESIZE_BILINEAR: "ResizeBilinearOptions",
  TANH: null,
  TRANSPOSE: "TransposeOptions",
} as const satisfies Readonly<Record<string, OptionsName | null>>;

export type WrittenOperator = keyof typeof optionsOf;
