import { describe, expect, it } from "vitest";
import { quantiseLayer } from "./quantise-layer.ts";

// The integers are computed by hand: the largest weight of a channel becomes 64.
const weight = { shape: [2, 1, 1, 2], data: Float32Array.of(0.64, -0.32, 0.003, -0.064) };
const bias = { shape: [2], data: Float32Array.of(1, -1) };

describe("a layer in integers", () => {
  const layer = quantiseLayer(0.5, weight, bias);

  it("has weights from -64 to 64, with a scale for each output channel", () => {
    expect([...layer.weight]).toEqual([64, -32, 3, -64]);
    expect(layer.weightScale[0]).toBeCloseTo(0.01, 8);
    expect(layer.weightScale[1]).toBeCloseTo(0.001, 8);
  });

  it("has eight bits where its kernels widen each product, as those of depthwise layers do", () => {
    const eight = quantiseLayer(0.5, weight, bias, 127);
    expect([...eight.weight]).toEqual([127, -63, 6, -127]);
    expect(eight.weightScale[0]).toBeCloseTo(0.64 / 127, 8);
  });

  it("has a bias in units of input times weight", () => {
    expect(layer.biasScale[0]).toBeCloseTo(0.005, 8);
    expect([...layer.bias]).toEqual([200, -2000]);
  });

  it("has zeros where it had no bias", () => {
    expect([...quantiseLayer(0.5, weight, undefined).bias]).toEqual([0, 0]);
  });

  it("keeps the bias of a channel whose weights have all but vanished", () => {
    const vanished = { shape: [2, 1, 1, 1], data: Float32Array.of(1e-20, 0) };
    const { bias: whole, biasScale } = quantiseLayer(0.02, vanished, {
      shape: [2],
      data: Float32Array.of(0.5, -3),
    });
    expect(whole[0]! * biasScale[0]!).toBeCloseTo(0.5, 6);
    expect(whole[1]! * biasScale[1]!).toBeCloseTo(-3, 6);
  });

  it("takes a channel of zeros", () => {
    const nothing = quantiseLayer(0.02, { shape: [1, 2], data: new Float32Array(2) }, undefined);
    expect([...nothing.weight, ...nothing.bias]).toEqual([0, 0, 0]);
    expect(nothing.weightScale[0]).toBeGreaterThan(0);
  });
});

it("no two products of an activation and a weight leave 16 bits, as VPMADDUBSW adds them", () => {
  const extremes = Float32Array.from({ length: 512 }, (_, index) => Math.sin(index) * 3);
  const { weight: whole } = quantiseLayer(0.5, { shape: [8, 64], data: extremes }, undefined);
  const largest = Math.max(...[...whole].map(Math.abs));
  expect(largest).toBe(64);
  expect(2 * 255 * largest).toBeLessThanOrEqual(2 ** 15 - 1);
});
