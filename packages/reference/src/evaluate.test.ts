import { inferShape, type ParameterSlot, type Shape, type Tensor } from "@sebench/spec";
import { describe, expect, it } from "vitest";
import { type Activation, evaluate } from "./evaluate.ts";
import { type OpGolden, opGoldens } from "./golden.ts";
import { goldenImages, goldenParameter } from "./golden-values.ts";

const slots: Readonly<Record<string, ParameterSlot>> = {
  weight: "weight",
  bias: "bias",
  running_mean: "mean",
  running_var: "variance",
};

function goldenInput(golden: OpGolden, index: number): Activation {
  const shape = golden.inputs[index]!;
  const { data } = goldenImages(`${golden.name}/input${index}`, shape);
  return { shape, data: Float64Array.from(data) };
}

function goldenParameters(golden: OpGolden): Partial<Record<ParameterSlot, Tensor>> {
  return Object.fromEntries(
    Object.entries(golden.parameters).map(([key, shape]) => [
      slots[key],
      goldenParameter(`${golden.name}/${key}`, shape),
    ]),
  );
}

function largestDifference(actual: Float64Array, truth: readonly number[]): number {
  return Math.max(...truth.map((value, i) => Math.abs(actual[i]! - value)));
}

describe("evaluate agrees with torch.nn.functional in float64", () => {
  it.each(opGoldens())("on $name", (golden) => {
    const outputShape = inferShapeOf(golden);
    const output = evaluate(golden.op, {
      inputs: golden.inputs.map((_, index) => goldenInput(golden, index)),
      parameters: goldenParameters(golden),
      outputShape,
    });
    expect(outputShape).toEqual(golden.shape);
    expect(output).toHaveLength(golden.output.length);
    expect(largestDifference(output, golden.output)).toBeLessThan(1e-13);
  });
});

/** The shape by the graph's rules, which are compared with PyTorch's; an input has the given shape. */
function inferShapeOf({ op, inputs }: OpGolden): Shape {
  return op.kind === "input" ? inputs[0]! : inferShape(op, inputs);
}
