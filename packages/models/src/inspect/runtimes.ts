import type { Block } from "../blocks/block.ts";
import { type Dim, type Model, type Node, numberOf, numbersOf, titleOf } from "../graph/model.ts";
import type { ShapedGraph } from "../shapes/access.ts";

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
