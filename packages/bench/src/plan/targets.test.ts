import type { Target } from "@sebench/hosts";
import { expect, test } from "vitest";
import { precisionsOn, requirePrecisions, selectTargets } from "./targets.ts";

const cpu: Target = { runtime: "onnxruntime-node/cpu", host: "node" };
const wasm: Target = { runtime: "onnxruntime-web/wasm", host: "chromium" };
const webgpu: Target = { runtime: "onnxruntime-web/webgpu", host: "chromium" };
const chosen = { named: false };
const named = { named: true };

test("a runtime takes those of the precisions that it has", () => {
  const all = ["int8", "fp32", "fp16"] as const;
  expect(precisionsOn("onnxruntime-node/cpu", all)).toEqual(["int8", "fp32"]);
  expect(precisionsOn("onnxruntime-web/webgpu", all)).toEqual(["fp32", "fp16"]);
  expect(precisionsOn("tfjs-web/cpu", all)).toEqual(["fp32"]);
});

test("a precision may be one that only some of all runtimes have", () => {
  expect(() => requirePrecisions([cpu, webgpu], ["fp32", "int8", "fp16"], chosen)).not.toThrow();
});

test("a precision that a runtime lacks is refused where it was named", () => {
  expect(() => requirePrecisions([cpu, webgpu], ["fp32", "int8"], named)).toThrow(
    expect.objectContaining({
      name: "InputError",
      message: "onnxruntime-web/webgpu has no precision int8",
      remedy: expect.stringContaining("onnxruntime-node/cpu, onnxruntime-web/wasm"),
    }),
  );
  expect(() => requirePrecisions([cpu, wasm], ["fp32", "int8"], named)).not.toThrow();
});

test("a precision that no runtime of the run has is refused", () => {
  expect(() => requirePrecisions([cpu, wasm], ["fp16"], chosen)).toThrow(
    "onnxruntime-node/cpu, onnxruntime-web/wasm have no precision fp16",
  );
});

test("--host webkit is WebKitGTK, which has no WebGPU, and no host is taken for Safari", () => {
  const targets = selectTargets(null, ["webkit"]);
  expect(new Set(targets.map(({ host }) => host))).toEqual(new Set(["webkitgtk"]));
  expect(targets.map(({ runtime }) => runtime)).toEqual([
    "onnxruntime-web/wasm",
    "tfjs-web/cpu",
    "tfjs-web/wasm",
    "tfjs-web/webgl",
  ]);
});
