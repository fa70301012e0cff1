import { findBlocks } from "../blocks/find-blocks.ts";
import { GraphView } from "../graph/graph-view.ts";
import { type Node, sizeOf } from "../graph/model.ts";
import { inferShapes, type InputSizes } from "../shapes/infer.ts";
import { isParameter } from "../shapes/parameters.ts";
import type { GraphNode } from "../tfjs/model-json.ts";
import { type GraphModel, readGraphModel } from "../tfjs/read-graph-model.ts";
import {
  blocksOf,
  type Inspection,
  inspectionVersion,
  operatorsOf,
  sizeNotes,
  sumOf,
  valueOf,
  type Written,
} from "./inspection.ts";
import type { RuntimeNote } from "./runtimes.ts";

/**
 * Inspects a graph model of tfjs.
 *
 * @param path The path of its model.json.
 * @param sizes The sizes of the inputs whose lengths are free.
 */
export function inspectGraphModel(path: string, sizes: InputSizes): Inspection {
  const read = readGraphModel(path);
  const { model, nodes } = read;
  const shaped = inferShapes(model, sizes);
  const written = wordsOf(read);
  const view = new GraphView(model.graph);
  const found = findBlocks(shaped).map((block) =>
    Object.assign(block, {
      readers: block.readers.flatMap((reader) => throughLayout(reader, view, read)),
    }),
  );
  const counted = model.graph.constants.filter(({ type, dims }) => isParameter(type, dims));
  return {
    schema: inspectionVersion,
    file: path,
    format: "tfjs",
    bytes: model.bytes,
    sha256: model.sha256,
    producer: model.producer.name || null,
    irVersion: null,
    opsets: {},
    inputs: shaped.inputs.map(valueOf),
    outputs: shaped.outputs.map(valueOf),
    precision: precisionOf(read),
    parameters: counted.reduce((sum, { dims }) => sum + sizeOf(dims), 0),
    macs: sumOf([...shaped.macs.values()]),
    nodes: nodes.length,
    operators: operatorsOf(nodes.map(({ op }) => ({ op, domain: "" }))),
    ...blocksOf(found, written),
    slowForms: [],
    runtimes: graphModelRuntimes(nodes),
    obstacle: { node: null, why: "graph models of tfjs are inspected, and not imported" },
    notes: [...sizeNotes(shaped, written), ...notesOn(read)],
  };
}

/** What the file calls the nodes that were looked at, each once; those of layout alone are none of it. */
function wordsOf({ origins }: GraphModel): Written {
  return {
    nodes: (looked) =>
      [...new Set(looked.flatMap((node) => origins.get(node) ?? []))].map(({ op, name }) => ({
        op,
        title: name,
      })),
    // Tensors within a node have a number behind its name.
    tensor: (name) => name.replace(/#\d+$/, ""),
  };
}

/** What reads a tensor behind transpositions for the sake of the layout. */
function throughLayout(
  reader: Node | string,
  view: GraphView,
  { origins }: GraphModel,
): (Node | string)[] {
  const isLayout = (each: Node | string) => typeof each !== "string" && !origins.has(each);
  const open = [reader];
  for (let at = 0; at < open.length; at++) {
    const each = open[at]!;
    if (typeof each !== "string" && isLayout(each)) open.push(...view.readersOf(each.outputs[0]!));
  }
  return open.filter((each) => !isLayout(each));
}

function precisionOf({ storedAs }: GraphModel): string {
  const names: Readonly<Record<string, string>> = { float32: "fp32", float16: "fp16" };
  const total = [...storedAs.values()].reduce((sum, count) => sum + count, 0);
  const main = [...storedAs].filter(([, count]) => count > total / 100).map(([name]) => name);
  return main.map((name) => names[name] ?? name).join(" and ") || "no weights";
}

function notesOn({ storedAs, functions }: GraphModel): string[] {
  const notes: string[] = [];
  const narrow = [...storedAs.keys()].filter((name) => name !== "float32");
  if (narrow.length > 0) {
    notes.push(
      `Weights are stored in ${narrow.join(" and ")}; tfjs computes with them in float32.`,
    );
  }
  if (functions > 0) {
    const [what, are] =
      functions === 1
        ? ["node calls a function", "which is"]
        : ["nodes call functions", "which are"];
    notes.push(`${functions} ${what} of the file, ${are} not looked into.`);
  }
  return notes;
}

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
function graphModelRuntimes(nodes: readonly GraphNode[]): RuntimeNote[] {
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
