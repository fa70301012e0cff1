import type { GraphNode } from "../tfjs/model-json.ts";
import type { RuntimeNote } from "./runtimes.ts";

/** The operators that tfjs-converter 4.22.0 executes in a graph model. */
export const converterOperators: ReadonlySet<string> = new Set(
  "Abs Acos Acosh Add AddN AddV2 All Any ArgMax ArgMin Asin Asinh Atan Atan2 Atanh AvgPool AvgPool3D BatchMatMul BatchMatMulV2 BatchToSpaceND BiasAdd Bincount BitwiseAnd BroadcastArgs BroadcastTo Cast Ceil ClipByValue Complex ComplexAbs Concat ConcatV2 Const Conv1D Conv2D Conv2DBackpropInput Conv3D Cos Cosh CropAndResize Cumprod Cumsum DenseBincount DepthToSpace DepthwiseConv2d DepthwiseConv2dNative Dilation2D Div DivNoNan Einsum Elu EmptyTensorList EnsureShape Enter Equal Erf EuclideanNorm Exit Exp ExpandDims Expm1 FFT FakeQuantWithMinMaxVars Fill Floor FloorDiv FloorMod FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 FusedDepthwiseConv2dNative Gather GatherNd GatherV2 Greater GreaterEqual HashTable HashTableV2 IFFT IRFFT Identity IdentityN If Imag ImageProjectiveTransformV3 InitializeTable InitializeTableV2 IsFinite IsInf IsNan LRN LeakyRelu Less LessEqual LinSpace ListDiff Log Log1p LogSoftmax LogicalAnd LogicalNot LogicalOr LookupTableFind LookupTableFindV2 LookupTableImport LookupTableImportV2 LookupTableSize LookupTableSizeV2 LoopCond LowerBound MatMul MatrixBandPart Max MaxPool MaxPool3D MaxPoolWithArgmax Maximum Mean Merge Min Minimum MirrorPad Mod Mul Multinomial Neg NextIteration NoOp NonMaxSuppressionV2 NonMaxSuppressionV3 NonMaxSuppressionV4 NonMaxSuppressionV5 NotEqual OneHot Ones OnesLike Pack Pad PadV2 Placeholder PlaceholderWithDefault Pow Prelu Print Prod RFFT RaggedGather RaggedRange RaggedTensorToTensor RandomStandardNormal RandomUniform RandomUniformInt Range Rank Real RealDiv Reciprocal Relu Relu6 Reshape ResizeBilinear ResizeNearestNeighbor Reverse ReverseV2 Round Rsqrt ScatterNd Select SelectV2 Selu Shape ShapeN Sigmoid Sign SimpleMLCreateModelResource SimpleMLInferenceOpWithHandle SimpleMLLoadModelFromPathWithHandle Sin Sinh Size Slice Snapshot Softmax Softplus SpaceToBatchND SparseFillEmptyRows SparseReshape SparseSegmentMean SparseSegmentSum SparseToDense Split SplitV Sqrt Square SquaredDifference Squeeze StatelessIf StatelessWhile StaticRegexReplace StopGradient StridedSlice StringNGrams StringSplit StringToHashBucketFast Sub Sum Switch Tan Tanh TensorArrayCloseV3 TensorArrayConcatV3 TensorArrayGatherV3 TensorArrayReadV3 TensorArrayScatterV3 TensorArraySizeV3 TensorArraySplitV3 TensorArrayV3 TensorArrayWriteV3 TensorListConcat TensorListConcatV2 TensorListFromTensor TensorListGather TensorListGetItem TensorListLength TensorListPopBack TensorListPushBack TensorListReserve TensorListResize TensorListScatter TensorListScatterV2 TensorListSetItem TensorListSplit TensorListStack TensorScatterUpdate Tile TopKV2 Transpose TruncatedNormal Unique UniqueV2 Unpack UpperBound Where While Zeros ZerosLike _FusedConv2D _FusedMatMul".split(
    " ",
  ),
);

/** The operators for which a backend of tfjs 4.22.0 has no kernel, although its CPU's has. */
export const withoutKernel: Readonly<Record<string, ReadonlySet<string>>> = {
  wasm: new Set(
    "Complex ComplexAbs Einsum FFT IFFT Imag RaggedGather RaggedRange RaggedTensorToTensor Real StaticRegexReplace".split(
      " ",
    ),
  ),
  webgl: new Set(),
  webgpu: new Set(
    "BitwiseAnd NonMaxSuppressionV4 RaggedGather RaggedRange RaggedTensorToTensor SparseFillEmptyRows SparseReshape StaticRegexReplace StringSplit StringToHashBucketFast Unique".split(
      " ",
    ),
  ),
};

/** The runtimes that load graph models, with their backend. */
const runtimes: readonly (readonly [string, string])[] = [
  ["tfjs-node/cpu", "tensorflow"],
  ["tfjs-node/cuda", "tensorflow"],
  ["tfjs-web/cpu", "cpu"],
  ["tfjs-web/wasm", "wasm"],
  ["tfjs-web/webgl", "webgl"],
  ["tfjs-web/webgpu", "webgpu"],
];

/** Tells of each tfjs runtime whether it knows the operators of a graph model. */
export function graphModelRuntimes(nodes: readonly GraphNode[]): RuntimeNote[] {
  const unknown = nodes.filter(({ op }) => !converterOperators.has(op));
  return runtimes.map(([runtime, backend]) => {
    const missing = nodes.filter(({ op }) => withoutKernel[backend]?.has(op));
    const reasons = [
      reasonOf(unknown, (ops) => `tfjs-converter 4.22 does not know ${ops}`),
      reasonOf(missing, (ops) => `the ${backend} backend of tfjs 4.22 has no kernel for ${ops}`),
    ].flat();
    return { runtime, takes: reasons.length === 0 ? "yes" : "no", reasons };
  });
}

function reasonOf(
  nodes: readonly GraphNode[],
  why: (ops: string) => string,
): RuntimeNote["reasons"] {
  if (nodes.length === 0) return [];
  const ops = [...new Set(nodes.map(({ op }) => op))].join(", ");
  return [{ why: why(ops), nodes: nodes.map(({ name }) => name) }];
}
