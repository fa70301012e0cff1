import { inspect } from "node:util";
import { findArtifact } from "@sebench/artifacts";
import { decodeMessage, encodeMessage } from "@sebench/jobs";
import { kernelProfile, summariseProfile } from "@sebench/onnxruntime";
import { fromFile, fromText, type OpenReaders } from "./reader.ts";
import { json } from "./records.ts";

export const open: OpenReaders = (folder) => [
  {
    name: "engines/profile",
    seeds: [json(profile)],
    refuses: ({ name, message }) =>
      name !== "TypeError" && message.startsWith("onnxruntime's profile"),
    read: fromText((text) => ({
      summary: inspect(summariseProfile(text)),
      kernels: inspect(kernelProfile(text, [1, 1]), { depth: null }),
    })),
  },
  {
    name: "engines/gpu-profile",
    seeds: [json(gpuProfile)],
    refuses: ({ name, message }) =>
      name !== "TypeError" && message.startsWith("onnxruntime's profile"),
    read: fromText((text) => ({ kernels: inspect(kernelProfile(text, [1]), { depth: null }) })),
  },
  {
    name: "engines/message",
    seeds: [
      {
        form: "json",
        content: encodeMessage({
          kind: "answer",
          answer: { logits: Float32Array.of(1, 2), worst: Infinity },
        }),
      },
      {
        form: "json",
        content: encodeMessage({
          kind: "error",
          error: { name: "Error", message: "m", remedy: null, stack: null },
        }),
      },
    ],
    refuses: ({ name }) => name === "JobError",
    read: fromText((text) => void decodeMessage(text)),
  },
  {
    name: "engines/artifact-marker",
    seeds: [
      json({
        source: "the npm package x 1.0.0",
        files: [{ integrity: "sha512-AAAA", pinned: true }],
      }),
    ],
    read: fromFile(folder, "artifacts/x-1/sebench-artifact.json", async () => {
      await findArtifact({ name: "x", version: "1" }, folder);
    }),
  },
];

const kernel = (name: string, op: string, ts: number, index: string) => ({
  cat: "Node",
  name: `${name}_kernel_time`,
  ts,
  dur: 40,
  args: {
    op_name: op,
    provider: "CPUExecutionProvider",
    node_index: index,
    input_type_shape: [{ float: [1, 3, 32, 32] }],
    thread_scheduling_stats: { sub_threads: { 7: { num_run: 2 } } },
  },
});

const run = (ts: number) => [
  kernel("stem", "Conv", ts, "0"),
  kernel("gate", "Sigmoid", ts + 50, "1"),
  { cat: "Session", name: "model_run", ts, dur: 100, args: {} },
];
const profile = [...run(100), ...run(300)];
const gpuProfile = [
  ...run(100),
  { cat: "Api", name: "stem&Conv&Conv2d", ts: 110, dur: 20, args: {} },
  {
    cat: "Kernel",
    name: "scale",
    ts: 140,
    dur: 20,
    args: { parent_name: "gate_kernel_time", op_name: "Mul" },
  },
];
