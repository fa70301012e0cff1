import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { areHalves, doubts, type Found, litertVersion } from "./attestation.ts";

const xnnpack = "INFO: Created TensorFlow Lite XNNPACK delegate for CPU.";

const found: Found = {
  binary: "litert_wasm_threaded_internal.wasm",
  threads: 2,
  shared: true,
  bufferType: 1,
  lines: [],
  pageLines: [xnnpack],
};

describe("wasm is not proven", () => {
  it.each<[string, Partial<Found>]>([
    ["without the binary's name", { binary: null }],
    ["where fewer threads were started than were asked for", { threads: 1 }],
    ["where threads share no memory", { shared: false }],
    ["where XNNPACK made no delegate", { pageLines: [] }],
    ["where the outputs lie in another memory", { bufferType: 26 }],
  ])("%s", (_, change) => {
    expect(doubts.wasm(found, 2)).toBeNull();
    expect(doubts.wasm({ ...found, ...change }, 2)).not.toBeNull();
  });
});

describe("WebGPU is not proven", () => {
  const lines = [
    "I1130 16:40:49.584999  736560 delegate_kernel.cc:855] Initializing WebGPU-based API from graph.",
  ];
  const onGpu = { ...found, lines, bufferType: 26 };

  it.each<[string, Partial<Found>]>([
    ["where the outputs lie in the host's memory", { bufferType: 1 }],
    ["where no kernels of WebGPU were made", { lines: [] }],
  ])("%s", (_, change) => {
    expect(doubts.webgpu(onGpu, 1)).toBeNull();
    expect(doubts.webgpu({ ...onGpu, ...change }, 1)).not.toBeNull();
  });
});

it("tells whether outputs are rounded to halves by their bits", () => {
  expect(areHalves(Float32Array.of(1, -0.5, 3.419921875))).toBe(true);
  expect(areHalves(Float32Array.of(1, -0.5, 3.418574333190918))).toBe(false);
});

it("has the version of the package, which the library does not tell", () => {
  const file = createRequire(import.meta.url).resolve("@litertjs/core/package.json");
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  expect(litertVersion).toBe(version);
});
