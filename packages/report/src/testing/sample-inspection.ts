import type { Inspection } from "@sebench/models";

/** An inspection that has something in each of its places. */
export const sampleInspection: Inspection = {
  schema: "sebench-inspection/1",
  file: "det.onnx",
  format: "onnx",
  bytes: 4_745_517,
  sha256: "30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff",
  producer: "pytorch 1.13.1",
  irVersion: 8,
  opsets: { "ai.onnx": 11 },
  inputs: [{ name: "x", type: "float32", shape: ["batch", 3, null, 640] }],
  outputs: [{ name: "y", type: "float32", shape: null }],
  precision: "fp32",
  parameters: 1_171_841,
  macs: 2_301_935_744,
  nodes: 672,
  operators: [
    { op: "Conv", count: 62 },
    { op: "Relu", count: 12 },
  ],
  blocks: [
    {
      kind: "residual",
      within: "If of y",
      chain: ["GlobalAveragePool", "Conv", "Relu", "Conv", "HardSigmoid", "Mul", "Add"],
      nodes: ["pool", "conv 1", "relu", "conv 2", "gate", "mul", "add"],
      map: "map",
      squeezed: ["map"],
      channels: 96,
      reduction: 4,
      squeeze: ["GlobalAveragePool"],
      activation: "relu",
      gate: "hard-sigmoid(0.2, 0.5)",
      readers: ["Resize up", "Conv next"],
      parameters: 4728,
      macs: 4608,
    },
  ],
  se: { parameters: 4728, macs: 4608 },
  riskyForms: [{ what: "gates", why: "they have another scale", nodes: ["gate 1"] }],
  slowForms: [{ what: "hard-swishes", why: "they are slow", nodes: ["div 1", "div 2"] }],
  runtimes: [
    { runtime: "onnxruntime-node/cpu", takes: "yes", reasons: [] },
    {
      runtime: "onnxruntime-web/webgpu",
      takes: "part",
      reasons: [{ why: "Clip runs on the CPU", nodes: ["clip"] }],
    },
  ],
  obstacle: { node: "Resize up", why: "the graph has no such operator" },
  notes: ["The nodes stood in no order that runs, and were put into one."],
};
