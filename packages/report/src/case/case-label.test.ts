import { expect, test } from "vitest";
import { sampleCase } from "../testing/sample-run.ts";
import { caseLabels } from "./case-label.ts";

const node = sampleCase("onnxruntime-node/cpu|node|se-resnet50|224|b1");
const bun = sampleCase("onnxruntime-node/cpu|bun");
const wasm = sampleCase("onnxruntime-web/wasm");

test("a case is named by its runtime where that is enough", () => {
  expect([node, wasm].map(caseLabels([node, wasm]))).toEqual([
    "onnxruntime-node/cpu (2 threads)",
    "onnxruntime-web/wasm (2 threads)",
  ]);
});

test("hosts are named where a runtime ran on more than one", () => {
  expect([node, bun, wasm].map(caseLabels([node, bun, wasm]))).toEqual([
    "onnxruntime-node/cpu on node (2 threads)",
    "onnxruntime-node/cpu on bun (2 threads)",
    "onnxruntime-web/wasm (2 threads)",
  ]);
});

test("a host that a reader would not expect is named, be it the only one", () => {
  const wasmInNode = { ...wasm, host: "node" } as const;
  expect([bun, wasmInNode].map(caseLabels([bun, wasmInNode]))).toEqual([
    "onnxruntime-node/cpu on bun (2 threads)",
    "onnxruntime-web/wasm on node (2 threads)",
  ]);
});

test("precisions are named wherever not all is fp32", () => {
  const half = { ...node, precision: "fp16" } as const;
  expect([half, wasm].map(caseLabels([half, wasm]))).toEqual([
    "onnxruntime-node/cpu (2 threads), fp16",
    "onnxruntime-web/wasm (2 threads), fp32",
  ]);
});

test("precisions and lowerings are named where they set cases apart", () => {
  const half = { ...node, precision: "fp16", lowering: "conv1x1" } as const;
  expect([node, half].map(caseLabels([node, half]))).toEqual([
    "onnxruntime-node/cpu (2 threads), fp32, gemm",
    "onnxruntime-node/cpu (2 threads), fp16, conv1x1",
  ]);
});

test("a long recipe is rewritten SE where the naive form alone is beside it", () => {
  const best = { ...node, lowering: "nchwc/2-3:squeeze-fold+scale-fold/4-5:squeeze-fold" };
  const naive = { ...node, lowering: "gemm" };
  expect([naive, best].map(caseLabels([naive, best]))).toEqual([
    "onnxruntime-node/cpu (2 threads), gemm (naive form)",
    "onnxruntime-node/cpu (2 threads), rewritten",
  ]);
  const third = { ...node, lowering: "nchwc/conv1x1" };
  expect(caseLabels([naive, best, third])(best)).toBe(
    `onnxruntime-node/cpu (2 threads), ${best.lowering}`,
  );
});
