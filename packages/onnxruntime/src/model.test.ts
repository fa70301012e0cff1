import { expect, it } from "vitest";
import { requireLayout } from "./model.ts";

const runtime = { id: "onnxruntime-node/cuda", precisions: ["fp32"] } as const;
const blocked = { lowering: "nchwc/squeeze-fold", layout: "nchwc" } as const;

it("a layout that the kernels lack is refused, with the way out", () => {
  expect(() => requireLayout({ runtime }, blocked)).toThrow(
    "onnxruntime-node/cuda has no kernels for the layout nchwc of nchwc/squeeze-fold",
  );
});

it("a layout that the kernels have is taken", () => {
  expect(() => requireLayout({ runtime, layouts: ["nchwc"] }, blocked)).not.toThrow();
});

it("every binding takes the engine's own layout", () => {
  expect(() => requireLayout({ runtime }, { lowering: "squeeze-fold" })).not.toThrow();
});
