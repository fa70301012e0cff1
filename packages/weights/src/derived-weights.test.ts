import type { Tensor } from "@sebench/spec";
import { expect, test } from "vitest";
import { DerivedWeights, type TensorSource } from "./fold-batch-norm.ts";

const kept: Tensor = { shape: [1], data: Float32Array.of(7) };

function filled(length: number, value: number): TensorSource {
  return (allocate) => ({ shape: [length], data: allocate(length).fill(value) });
}

const weights = new DerivedWeights(
  new Map([
    ["short", filled(2, 1)],
    ["kept", () => kept],
    ["long", filled(5, 2)],
    ["last", filled(3, 3)],
  ]),
);

test("in turn, every tensor is right until the next is taken", () => {
  const copies: [string, number[]][] = [];
  for (const [name, { data }] of weights.inTurn()) copies.push([name, [...data]]);
  expect(copies).toEqual([
    ["short", [1, 1]],
    ["kept", [7]],
    ["long", [2, 2, 2, 2, 2]],
    ["last", [3, 3, 3]],
  ]);
});

test("in turn, what is computed comes in the same memory, and what exists stays where it is", () => {
  const tensors = new Map(weights.inTurn());
  expect(tensors.get("last")!.data.buffer).toBe(tensors.get("long")!.data.buffer);
  expect(tensors.get("kept")).toBe(kept);
});

test("otherwise every tensor has memory of its own", () => {
  const tensors = new Map(weights);
  expect([...tensors.values()].map(({ data }) => Array.from(data))).toEqual([
    [1, 1],
    [7],
    [2, 2, 2, 2, 2],
    [3, 3, 3],
  ]);
  expect(new Set([...tensors.values()].map(({ data }) => data.buffer)).size).toBe(4);
});
