import type { FileOperator } from "@sebench/tflite";
import type { Block } from "../blocks/block.ts";
import { type Dim, type Model, type Node, numberOf, numbersOf, titleOf } from "../graph/model.ts";
import type { ShapedGraph } from "../shapes/access.ts";
import type { GraphNode } from "../tfjs/model-json.ts";
import type { TfliteModel } from "../tflite/read-tflite-model.ts";

/** What is known, without loading it, of how a runtime takes a model. */
export interface RuntimeNote {
  readonly runtime: string;
  /**
   * Whether the runtime takes the model: `part` where some nodes run on another device, or give
   * something else.
   */
  readonly takes: "yes" | "part" | "no";
  readonly reasons: readonly RuntimeReason[];
}

interface RuntimeReason {
  readonly why: string;
  /** The titles of the nodes that are why. */
  readonly nodes: readonly string[];
}

/** What is looked at to tell how runtimes take a model. */
export interface Examined {
  readonly model: Model;
  readonly shaped: ShapedGraph;
  readonly blocks: readonly Block[];
}

/** The latest version of ONNX's operators that onnxruntime 1.30 reads. */
const latestOpset = 26;

/** The domains whose operators onnxruntime knows. */
const knownDomains: ReadonlySet<string> = new Set([
  "",
  "ai.onnx.ml",
  "ai.onnx.preview.training",
  "com.microsoft",
  "com.ms.internal.nhwc",
]);

/** A reason why some nodes go elsewhere: what holds of each, from a version of the operators on. */
interface Rule {
  readonly why: string;
  readonly holds: (node: Node, examined: Examined) => boolean;
}

const opsetOf = ({ domain }: Node, { model }: Examined) => model.opsets.get(domain) ?? 1;

/** A rule for operators of opset 22 and later, which a provider has not claimed. */
const since22 = (...ops: readonly string[]): Rule => ({
  why: `opset 22 of ${ops.join(", ")} is not claimed by this provider, so they run on the CPU, with copies; export at opset 21 or below`,
  holds: (node, examined) => ops.includes(node.op) && opsetOf(node, examined) >= 22,
});

const oldClip: Rule = {
  why: "Clip below opset 11 is not claimed by this provider, so it runs on the CPU, with two copies; export at opset 11 to 21",
  holds: (node, examined) => node.op === "Clip" && opsetOf(node, examined) < 11,
};

const noKernelShape: Rule = {
  why: "run() fails for a Conv without kernel_shape",
  holds: (node) => node.op === "Conv" && numbersOf(node, "kernel_shape") === null,
};

const oldSoftmaxGate: Rule = {
  why: "a gate by Softmax below opset 13 gives 1 for every channel, without an error; export at opset 13 or later",
  holds: (node, examined) =>
    node.op === "Softmax" &&
    opsetOf(node, examined) < 13 &&
    numberOf(node, "axis", 1) >= 0 &&
    examined.blocks.some(({ excite }) => excite.includes(node)),
};

const isFree = (dims: readonly Dim[] | null) =>
  dims?.slice(2).some((dim) => typeof dim !== "number") ?? true;

const freeMap: Rule = {
  why: "with a free height or width, pool and product of SE run in wasm, with two copies a block; freeDimensionOverrides keeps them on the device",
  holds: (node, { shaped, blocks }) =>
    blocks.some(
      ({ product, squeezes, map }) =>
        (product === node || squeezes.includes(node)) && isFree(shaped.known.dimsOf(map)),
    ),
};

const halfOnCpu: Rule = {
  why: "float16 is computed in float32 on CPUs",
  holds: (node, { shaped }) =>
    node.inputs.some((name) => shaped.known.constants.get(name)?.type === 10),
};

/** The runtimes that load ONNX files, with what is known of onnxruntime 1.30 on SE's operators. */
const runtimeRules: Readonly<Record<string, readonly Rule[]>> = {
  "onnxruntime-node/cpu": [],
  "onnxruntime-node/cuda": [],
  "onnxruntime-node/tensorrt": [],
  "onnxruntime-node/webgpu": [since22("GlobalAveragePool", "HardSigmoid", "HardSwish"), oldClip],
  "onnxruntime-web/wasm": [],
  "onnxruntime-web/webgpu": [since22("GlobalAveragePool", "HardSigmoid", "HardSwish"), oldClip],
  "onnxruntime-web/webgpu-jsep": [
    since22("GlobalAveragePool", "AveragePool", "Conv", "HardSigmoid", "HardSwish"),
    noKernelShape,
    oldSoftmaxGate,
  ],
  "onnxruntime-web/webnn": [freeMap],
};

const onCpu: ReadonlySet<string> = new Set(["onnxruntime-node/cpu", "onnxruntime-web/wasm"]);

/** Tells of each runtime that loads ONNX files what is known of how it takes a model. */
export function runtimeNotes(examined: Examined): RuntimeNote[] {
  const { nodes } = examined.shaped.graph;
  const reasonOf = ({ why, holds }: Rule): RuntimeReason[] => {
    const found = nodes.filter((node) => holds(node, examined));
    return found.length === 0 ? [] : [{ why, nodes: found.map(titleOf) }];
  };
  const refused = refusals(examined);
  return Object.entries(runtimeRules).map(([runtime, rules]) => {
    const partly = rules.flatMap(reasonOf);
    const told = onCpu.has(runtime) ? reasonOf(halfOnCpu) : [];
    const takes = refused.length > 0 ? "no" : partly.length > 0 ? "part" : "yes";
    return { runtime, takes, reasons: [...refused, ...partly, ...told] };
  });
}

/** Why no runtime here takes the model. */
function refusals({ model, shaped }: Examined): RuntimeReason[] {
  const reasons: RuntimeReason[] = [];
  if (model.bytes >= 2 ** 31) {
    const why =
      "onnxruntime's parser takes no file of 2 GiB or more; save the weights in a file beside the model";
    reasons.push({ why, nodes: [] });
  }
  const opset = model.opsets.get("") ?? 1;
  if (opset > latestOpset) {
    const why = `onnxruntime 1.30 reads ONNX's operators up to opset ${latestOpset}, and this is ${opset}`;
    reasons.push({ why, nodes: [] });
  }
  const unknown = shaped.graph.nodes.filter(({ domain }) => !knownDomains.has(domain));
  if (unknown.length > 0) {
    const domains = [...new Set(unknown.map(({ domain }) => domain))].join(", ");
    const why = `its operators of ${domains} are known to no runtime here`;
    reasons.push({ why, nodes: unknown.map(titleOf) });
  }
  return reasons;
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
const tfjsRuntimes: readonly (readonly [string, string])[] = [
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
  return tfjsRuntimes.map(([runtime, backend]) => {
    const missing = nodes.filter(({ op }) => withoutKernel[backend]?.has(op));
    const reasons = [
      tfjsReason(unknown, (ops) => `tfjs-converter 4.22 does not know ${ops}`),
      tfjsReason(missing, (ops) => `the ${backend} backend of tfjs 4.22 has no kernel for ${ops}`),
    ].flat();
    return { runtime, takes: reasons.length === 0 ? "yes" : "no", reasons };
  });
}

function tfjsReason(
  nodes: readonly GraphNode[],
  why: (ops: string) => string,
): RuntimeNote["reasons"] {
  if (nodes.length === 0) return [];
  const ops = [...new Set(nodes.map(({ op }) => op))].join(", ");
  return [{ why: why(ops), nodes: nodes.map(({ name }) => name) }];
}

/** The custom operators that LiteRT.js 2.5.3 was seen to take: one of MediaPipe's. */
const knownCustom: ReadonlySet<string> = new Set(["Convolution2DTransposeBias"]);

/** The operators that LiteRT.js 2.5.3 was seen to leave to other kernels than XNNPACK's. */
const undelegated: ReadonlySet<string> = new Set(["PADV2", "RELU_0_TO_1", "CUMSUM", "GATHER"]);

/** The most inputs of a CONCATENATION that XNNPACK takes. */
const mostJoined = 5;

/** A reason why a runtime of LiteRT.js does not take a model, and of which operators it holds. */
interface OperatorRule {
  readonly why: string;
  readonly holds: (operator: FileOperator) => boolean;
}

const custom: OperatorRule = {
  why: "LiteRT.js has no kernel for custom operators of this name",
  holds: ({ isCustom, name }) => isCustom && !knownCustom.has(name),
};

const xnnpack: OperatorRule = {
  why: "XNNPACK leaves these operators to other kernels, and a model that is not delegated as a whole is refused",
  holds: ({ name, inputs }) =>
    undelegated.has(name) || (name === "CONCATENATION" && inputs.length > mostJoined),
};

const groups: (tensors: TfliteModel["tensors"]) => OperatorRule = (tensors) => ({
  why: "LiteRT.js on WebGPU computes convolutions wrongly whose groups have inputs or outputs that are no multiples of four",
  holds: ({ name, inputs }) => {
    const [map, filter] = inputs.map((index) => tensors[index]?.shape);
    if (name !== "CONV_2D" || map?.length !== 4 || filter?.length !== 4) return false;
    const own = filter[3]!;
    const count = map[3]! / own;
    return count > 1 && (own % 4 !== 0 || (filter[0]! / count) % 4 !== 0);
  },
});

/** Tells of each runtime of LiteRT.js what was seen of how it takes a model's operators. */
export function litertRuntimes({ operators, tensors }: TfliteModel): RuntimeNote[] {
  const rulesOf = {
    "litert-web/wasm": [custom, xnnpack],
    "litert-web/webgpu": [custom, groups(tensors)],
    "litert-web/webnn": [custom],
  };
  return Object.entries(rulesOf).map(([runtime, rules]) => {
    const reasons = rules.flatMap(({ why, holds }) => {
      const nodes = operators
        .filter(holds)
        .map(({ name, outputs }) => `${name} ${tensors[outputs[0] ?? -1]?.name ?? ""}`.trim());
      return nodes.length === 0 ? [] : [{ why, nodes }];
    });
    return { runtime, takes: reasons.length === 0 ? "yes" : "no", reasons };
  });
}
