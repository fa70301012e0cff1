import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Inspection } from "../inspect/inspection.ts";
import { inspectModel } from "../inspect/inspect-model.ts";

/** A node of a graph model: its operator, its name, what it reads, and its attributes. */
type NodeParts = readonly [string, string, readonly string[], Readonly<Record<string, unknown>>?];

const base64 = (text: string) => Buffer.from(text).toString("base64");
const ones = { list: { i: ["1", "1", "1", "1"] } };
const same = { padding: { s: base64("SAME") }, strides: ones, dilations: ones };
const dims = (shape: readonly number[]) => ({ dim: shape.map((size) => ({ size: String(size) })) });

/** How the squeeze of a small graph model is written. */
const squeezes: Readonly<Record<string, NodeParts>> = {
  Mean: ["Mean", "squeeze", ["map", "axes"], { keep_dims: { b: true } }],
  AvgPool: [
    "AvgPool",
    "squeeze",
    ["map"],
    {
      ksize: { list: { i: ["1", "6", "6", "1"] } },
      strides: { list: { i: ["1", "6", "6", "1"] } },
      padding: { s: base64("VALID") },
    },
  ],
};

/** The forms of the squeeze of a small graph model. */
export const graphSqueezes: readonly string[] = Object.keys(squeezes);

/** A model.json with a value for each of its fields, which tests change. */
export interface SmallGraphModel {
  readonly json: {
    format: string;
    signature: object;
    modelTopology: {
      versions: object;
      node: { name: string; op: string; input: string[]; attr: object }[];
    };
    weightsManifest: {
      paths: string[];
      weights: { name: string; shape: number[]; dtype: string; quantization?: object }[];
    }[];
  };
  readonly bytes: Uint8Array;
}

/** A graph model with one SE block of 8 channels and a reduction of 4, on maps of 6x6. */
export function smallGraphModel(squeeze = "Mean"): SmallGraphModel {
  const fused = (...ops: readonly string[]) => ({
    ...same,
    fused_ops: { list: { s: ops.map(base64) } },
    num_args: { i: ops.includes("BiasAdd") ? "1" : "0" },
  });
  const nodes: NodeParts[] = [
    [
      "Placeholder",
      "image",
      [],
      { dtype: { type: "DT_FLOAT" }, shape: { shape: dims([1, 6, 6, 3]) } },
    ],
    ["_FusedConv2D", "map", ["image", "stem", "bias"], fused("BiasAdd", "Relu6")],
    squeezes[squeeze]!,
    ["_FusedConv2D", "down", ["squeeze", "narrow"], fused("Relu")],
    ["Conv2D", "up", ["down", "wide"], same],
    ["AddV2", "shifted", ["up", "three"]],
    ["Relu6", "clipped", ["shifted"]],
    ["Mul", "gate", ["clipped", "sixth"]],
    ["Mul", "product", ["map:0", "gate"]],
    ["DepthwiseConv2dNative", "last", ["product", "each", "^map"], same],
  ];
  const constants: readonly (readonly [string, number[], readonly number[] | null])[] = [
    ["stem", [3, 3, 3, 8], null],
    ["bias", [8], null],
    ["narrow", [1, 1, 8, 2], null],
    ["wide", [1, 1, 2, 8], null],
    ["three", [], [3]],
    ["sixth", [], [1 / 6]],
    ["each", [3, 3, 8, 1], null],
  ];
  const sizes = constants.map(([, shape]) => shape.reduce((all, each) => all * each, 1));
  const floats = constants.flatMap(
    ([, , values], at) => values ?? Array<number>(sizes[at]!).fill(0.5),
  );
  const bytes = new Uint8Array(Float32Array.from(floats).buffer);
  const axes = new Uint8Array(Int32Array.from([1, 2]).buffer);
  const constantNodes = [...constants.map(([name]) => name), "axes"];
  return {
    json: {
      format: "graph-model",
      signature: { outputs: { last: { name: "last:0" } } },
      modelTopology: {
        versions: { producer: 1395 },
        node: [
          ...constantNodes.map((name) => ({ name, op: "Const", input: [], attr: {} })),
          ...nodes.map(([op, name, input, attr = {}]) => ({ name, op, input: [...input], attr })),
        ],
      },
      weightsManifest: [
        {
          paths: ["weights.bin"],
          weights: [
            ...constants.map(([name, shape]) => ({ name, shape, dtype: "float32" })),
            { name: "axes", shape: [2], dtype: "int32" },
          ],
        },
      ],
    },
    bytes: Buffer.concat([bytes, axes]),
  };
}

/** Inspects a model.json with files of weights beside it, in a folder of its own. */
export function inspectJson(
  json: unknown,
  beside: Readonly<Record<string, Uint8Array>>,
): Inspection {
  const folder = mkdtempSync(join(tmpdir(), "sebench-graph-model-"));
  try {
    for (const [name, content] of Object.entries(beside))
      writeFileSync(join(folder, name), content);
    const path = join(folder, "model.json");
    writeFileSync(path, typeof json === "string" ? json : JSON.stringify(json));
    return inspectModel(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
