import { expect, it } from "vitest";
import { notOnlyOn } from "./binding.ts";

const kernels = { FusedConv2D: 19, Add: 9 };

it("is content where the backend was the only one there", () => {
  expect(notOnlyOn("webgl", { backend: "webgl", kernels }, ["webgl"])).toBeNull();
});

it("names the backend that computed instead", () => {
  expect(notOnlyOn("webgpu", { backend: "wasm", kernels }, ["webgpu", "wasm"])).toBe(
    "tfjs computed on its backend wasm, not on webgpu",
  );
});

it("trusts no backend beside which there is another", () => {
  expect(notOnlyOn("webgl", { backend: "webgl", kernels }, ["cpu", "webgl"])).toContain("cpu");
});

it("takes a profile without kernels for no proof", () => {
  expect(notOnlyOn("cpu", { backend: "cpu", kernels: {} }, ["cpu"])).toContain("no kernel");
});
