import { describe, expect, test } from "vitest";
import {
  activations,
  channels,
  classicGate,
  mapIn,
  readIn,
  TestGraph,
  times,
} from "../testing/block-forms.ts";
import { inspectBytes } from "../testing/inspect-bytes.ts";
import { model, node, valueInfo } from "../testing/onnx-writer.ts";

type Build = (graph: TestGraph, map: string) => string;

/** What is found of a graph, with the runtimes that do not simply take it, and why. */
function found(opset: number, build: Build, dims?: readonly (number | string)[]) {
  const graph = new TestGraph(opset);
  const inspection = inspectBytes(graph.model(readIn(graph, build(graph, mapIn(graph))), dims));
  const troubled = inspection.runtimes
    .filter(({ takes }) => takes !== "yes")
    .map(({ runtime, reasons }) => [
      runtime,
      reasons.map(({ why, nodes }) => `${why.split(" ")[0]} ${nodes.length}`),
    ]);
  return { ...inspection, troubled: Object.fromEntries(troubled) };
}

const classic: Build = (graph, map) => times(graph, map, classicGate(graph, map));
const [webgpu, web, jsep] = [
  "onnxruntime-node/webgpu",
  "onnxruntime-web/webgpu",
  "onnxruntime-web/webgpu-jsep",
];

// What onnxruntime 1.30 was seen to do with each operator and opset.
describe("runtimes", () => {
  test("all take a classic block at opset 21", () => {
    expect(found(21, classic).troubled).toEqual({});
  });

  test("leave the pool of opset 22 to the CPU on WebGPU, and the older kernels every Conv", () => {
    const { troubled } = found(22, classic);
    expect(Object.keys(troubled)).toEqual([webgpu, web, jsep]);
    expect(troubled).toMatchObject({
      [webgpu]: ["opset 1"],
      [web]: ["opset 1"],
      [jsep]: ["opset 5"],
    });
  });

  test("leave a mean of opset 22 on the device, where Conv's kernels are newer", () => {
    const mean: Build = (graph, map) => {
      const squeezed = graph.withAxes("ReduceMean", map, [2, 3], {}, 18);
      return times(graph, map, graph.add("Sigmoid", [graph.conv(squeezed, channels, channels)]));
    };
    expect(Object.keys(found(22, mean).troubled)).toEqual([jsep]);
  });

  test("leave an old Clip to the CPU on native WebGPU alone", () => {
    const { troubled } = found(10, (graph, map) => graph.clip(map, 6));
    expect(troubled).toEqual({ [webgpu]: ["Clip 1"], [web]: ["Clip 1"] });
  });

  test("take SE out of WebNN's graph where height and width are free", () => {
    const { troubled } = found(17, classic, [1, channels, "h", "w"]);
    expect(troubled).toEqual({ "onnxruntime-web/webnn": ["with 2"] });
  });

  test("of the older WebGPU kernels fail without kernel_shape, and are wrong for an old Softmax gate", () => {
    const { troubled } = found(11, (graph, map) => {
      const pooled = graph.add("GlobalAveragePool", [map]);
      const layer = graph.add("Conv", [pooled, graph.constant([channels, channels, 1, 1])]);
      return times(graph, map, graph.add("Softmax", [layer], { axis: 1 }));
    });
    expect(troubled).toEqual({ [jsep]: ["run() 1", "a 1"] });
  });

  test.each([
    [model(parts("Relu"), { opset: 27 }), /up to opset 26, and this is 27/],
    [
      model(parts("Odd", "of.somebody"), { domains: { "of.somebody": 1 } }),
      /operators of of.somebody/,
    ],
  ])("take no opset that is too new, and no operator of a domain that none knows", (bytes, why) => {
    for (const { takes, reasons } of inspectBytes(bytes).runtimes) {
      expect(takes).toBe("no");
      expect(reasons[0]!.why).toMatch(why);
    }
  });
});

function parts(op: string, domain = "") {
  return {
    nodes: [node(op, ["x"], ["y"], {}, domain)],
    inputs: [valueInfo("x", [1, 3, 4, 4])],
    outputs: [valueInfo("y", null)],
  };
}

describe("slow forms are", () => {
  const formsOf = (build: Build) =>
    found(17, build).slowForms.map(({ what, nodes }) => [what, nodes.length]);

  test("none in a classic block", () => {
    expect(formsOf(classic)).toEqual([]);
  });

  test("a hard-swish in four operators, and none of its other forms", () => {
    const [one, two, four] = activations["hard-swish"]!;
    expect(formsOf((graph, map) => four!(graph, two!(graph, one!(graph, map))))).toEqual([
      ["hard-swishes in four operators", 1],
    ]);
  });

  test("nodes whose results nobody reads, and no constants", () => {
    const build: Build = (graph, map) => {
      graph.add("Exp", [graph.add("Relu", [map])]);
      graph.constant([channels]);
      return classic(graph, map);
    };
    // The Relu is read, by a node that is not.
    expect(formsOf(build)).toEqual([["nodes whose results nobody reads", 1]]);
  });

  test("a squeeze by ReduceMean, and x + x*s", () => {
    const build: Build = (graph, map) => {
      const squeezed = graph.withAxes("ReduceMean", map, [2, 3], {}, 18);
      const gate = graph.add("Sigmoid", [graph.conv(squeezed, channels, channels)]);
      return graph.add("Add", [map, times(graph, map, gate)]);
    };
    expect(formsOf(build)).toEqual([
      ["squeezes by ReduceMean", 1],
      ["residual blocks as x + x*s", 1],
    ]);
  });
});
