import { buildNetwork } from "@sebench/spec";
import { expect, test } from "vitest";
import { bestKnownLowering } from "./best-known.ts";

const cpu = { runtime: "onnxruntime-node/cpu", batch: 1, precision: "fp32" } as const;
const bottlenecks = buildNetwork("se-resnet50");

test.each([
  ["se-resnet50", cpu, "nchwc/2-3:squeeze-fold+scale-fold/4-5:squeeze-fold"],
  ["se-resnet50", { ...cpu, batch: 8 }, "nchwc/squeeze-fold"],
  ["se-resnet18", cpu, "nchwc/conv1x1"],
  ["se-resnet50{squeeze=none}", cpu, "nchwc/conv1x1"],
  ["se-shufflenet-v1-g3", cpu, "nchwc/squeeze-fold+scale-fold"],
  ["se-mobilenet-v1", cpu, "nchwc/scale-forward"],
  ["se-mobilenet-v1", { ...cpu, batch: 8 }, "nchwc/conv1x1"],
  ["mobilenet-v3-large", cpu, "nchwc/conv1x1"],
  ["efficientnet-b0", cpu, "nchwc/conv1x1"],
  ["regnety-800mf", cpu, "nchwc/conv1x1"],
  ["mobilenet-v3-small-075", cpu, "nchwc/conv1x1"],
  ["pp-lcnet", cpu, "nchwc/conv1x1"],
  // Groups of 8 and of 24 channels, narrow maps and concatenations leave the layout.
  ["regnety-400mf", cpu, "gemm"],
  ["regnety-1.6gf", cpu, "gemm"],
  ["regnety-3.2gf", cpu, "gemm"],
  ["ghostnet", cpu, "gemm"],
  ["pp-lcnet-025", cpu, "gemm"],
] as const)("onnxruntime's CPU provider computes in blocks: %s, %o", (network, of, best) => {
  expect(bestKnownLowering(buildNetwork(network), of, "x64")).toBe(best);
});

const wasm = { ...cpu, runtime: "onnxruntime-web/wasm" } as const;
const webgpu = { ...cpu, runtime: "onnxruntime-web/webgpu" } as const;

test.each([
  ["se-resnet50", wasm, "2:squeeze-fold+scale-fold+gemm/gemm"],
  ["se-resnext50-32x4d", wasm, "2:squeeze-fold+scale-fold+gemm/gemm"],
  ["se-shufflenet-v1-g3", wasm, "squeeze-fold+scale-fold"],
  ["se-resnet8", webgpu, "reduce-mean"],
  ["se-resnet50", { ...cpu, precision: "int8" }, "squeeze-fold+scale-fold"],
  ["se-resnet50", { ...cpu, batch: 8, precision: "int8" }, "squeeze-fold"],
] as const)("others have recipes of their own: %s, %o", (network, of, best) => {
  expect(bestKnownLowering(buildNetwork(network), of, "arm64")).toBe(best);
});

test.each([
  ["se-resnet18", wasm, "gemm"],
  ["mobilenet-v3-large", wasm, "gemm"],
  ["se-resnet50", { ...wasm, batch: 8 }, "gemm"],
  ["se-resnet50{squeeze=max}", webgpu, "gemm"],
  ["se-resnet18", { ...cpu, precision: "int8" }, "gemm"],
  ["se-resnet50", { ...wasm, precision: "int8" }, "gemm"],
  ["se-resnet50", { ...cpu, runtime: "tfjs-web/cpu" }, "gemm"],
] as const)("where none is known or applies, it is the naive one: %s, %o", (network, of, naive) => {
  expect(bestKnownLowering(buildNetwork(network), of, "x64")).toBe(naive);
});

test("a processor that may have no blocked kernels has the naive form", () => {
  expect(bestKnownLowering(bottlenecks, cpu, "arm64")).toBe("gemm");
});
