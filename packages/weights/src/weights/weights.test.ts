import { GraphBuilder, type Tensor } from "@sebench/spec";
import { expect, test } from "vitest";
import { checkWeights } from "./weights.ts";

const builder = new GraphBuilder("two-layers", [2, 1, 1]);
const place = { role: "trunk", inputs: [builder.input.name] } as const;
const norm = builder.add({
  ...place,
  op: { kind: "batchNorm", epsilon: 1e-5 },
  local: "bn",
  prefix: "bn",
});
const flat = builder.add({ ...place, op: { kind: "flatten" }, inputs: [norm.name], local: "flat" });
const network = builder.build(
  builder.add({
    ...place,
    op: { kind: "dense", units: 3 },
    inputs: [flat.name],
    local: "fc",
    prefix: "fc",
  }),
);

function weightsWith(changes: Readonly<Record<string, Tensor | null>> = {}) {
  const two = () => ({ shape: [2], data: new Float32Array([1, 2]) });
  const weights = new Map<string, Tensor>([
    ["bn.weight", two()],
    ["bn.bias", two()],
    ["bn.running_mean", two()],
    ["bn.running_var", two()],
    ["fc.weight", { shape: [3, 2], data: new Float32Array(6) }],
  ]);
  for (const [name, tensor] of Object.entries(changes)) {
    if (tensor === null) weights.delete(name);
    else weights.set(name, tensor);
  }
  return weights;
}

function vector(...values: number[]): Tensor {
  return { shape: [values.length], data: new Float32Array(values) };
}

test("weights of the network pass", () => {
  expect(() => checkWeights(network, weightsWith())).not.toThrow();
});

test.each([
  ["is missing", { "bn.bias": null }, "bn.bias [2] is missing"],
  ["is unexpected", { "fc.bias": vector(1) }, "fc.bias is not a parameter of it"],
  [
    "has another shape",
    { "fc.weight": { shape: [2, 3], data: new Float32Array(6) } },
    "fc.weight is [2, 3], expected [3, 2]",
  ],
  [
    "has fewer values than its shape",
    { "fc.weight": { shape: [3, 2], data: new Float32Array(5) } },
    "fc.weight has 5 values, expected the 6 of [3, 2]",
  ],
  ["holds NaN", { "bn.weight": vector(1, Number.NaN) }, "bn.weight holds NaN at index 1"],
  ["holds Infinity", { "bn.bias": vector(-Infinity, 1) }, "bn.bias holds -Infinity at index 0"],
  [
    "is a variance below zero",
    { "bn.running_var": vector(0, -0.5) },
    "bn.running_var holds -0.5 at index 1, and a variance is never below zero",
  ],
])("a parameter that %s is named", (_what, changes, message) => {
  expect(() => checkWeights(network, weightsWith(changes))).toThrow(
    `the weights do not fit two-layers: ${message}`,
  );
});

test("a mean below zero is no error", () => {
  expect(() =>
    checkWeights(network, weightsWith({ "bn.running_mean": vector(-1, -2) })),
  ).not.toThrow();
});

test("every problem is named, up to ten", () => {
  const extra = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [`extra${index}`, vector(1)]),
  );
  const weights = weightsWith({ "bn.bias": null, "bn.weight": null, ...extra });
  expect(() => checkWeights(network, weights)).toThrow(
    /bn\.weight \[2\] is missing; bn\.bias .*; extra7 .*; and 2 more$/,
  );
});
