import { expect, test } from "vitest";
import {
  activations,
  channels,
  classicGate,
  gates,
  mapIn,
  readIn,
  TestGraph,
  times,
} from "../testing/block-forms.ts";
import { inspectBytes } from "../testing/inspect-bytes.ts";

type Build = (graph: TestGraph, map: string) => string;

const pool = (graph: TestGraph, map: string) => graph.add("GlobalAveragePool", [map]);
const mean = (graph: TestGraph, map: string, axes: readonly number[]) =>
  graph.withAxes("ReduceMean", map, axes, {}, 18);

/** (x - mean) * 1/sqrt(variance + epsilon), over some axes. */
const normalised: (axes: readonly number[]) => Build = (axes) => (graph, map) => {
  const centred = graph.add("Sub", [map, mean(graph, map, axes)]);
  const variance = mean(graph, graph.add("Mul", [centred, centred]), axes);
  const root = graph.add("Sqrt", [graph.add("Add", [variance, graph.constant([], 1e-5)])]);
  return graph.add("Mul", [centred, graph.add("Reciprocal", [root])]);
};

const none: Readonly<Record<string, Build>> = {
  "a SiLU of a map": (graph, map) => activations["silu"]![0]!(graph, map),
  "a hard-swish of a map": (graph, map) => activations["hard-swish"]![0]!(graph, map),
  "a hard-swish of a map by HardSigmoid": (graph, map) =>
    activations["hard-swish"]![1]!(graph, map),
  "a hard-swish of a map in four operators": (graph, map) =>
    activations["hard-swish"]![2]!(graph, map),
  "a tanh range of a map": (graph, map) =>
    graph.add("Mul", [graph.add("Tanh", [map]), graph.constant([1, channels, 1, 1])]),
  "LayerNorm in single operators": normalised([-1]),
  "InstanceNorm in single operators": normalised([2, 3]),
  "a global context block": (graph, map) => {
    const context = graph.conv(pool(graph, map), channels, channels);
    return graph.add("Add", [map, context]);
  },
  "ASPP's image pooling": (graph, map) => {
    const pooled = graph.add("Relu", [graph.conv(pool(graph, map), channels, channels)]);
    const wide = graph.add("Resize", [pooled, "", "", graph.integers([1, channels, 6, 6])], {
      mode: "nearest",
    });
    const joined = graph.add("Concat", [map, wide], { axis: 1 });
    return graph.conv(joined, 2 * channels, channels);
  },
  "a routing gate of one number": (graph, map) => {
    const route = gates["sigmoid"]![0]!(graph, graph.conv(pool(graph, map), channels, 1));
    return times(graph, map, route);
  },
  "an attention over space": (graph, map) =>
    times(graph, map, gates["sigmoid"]![0]!(graph, graph.conv(map, channels, channels, 7))),
  "attention over each axis (coordinate attention)": (graph, map) => {
    const rows = gates["sigmoid"]![0]!(
      graph,
      graph.conv(mean(graph, map, [3]), channels, channels),
    );
    const columns = gates["sigmoid"]![0]!(
      graph,
      graph.conv(mean(graph, map, [2]), channels, channels),
    );
    return times(graph, times(graph, map, rows), columns);
  },
  "a gate that a window of the map gives": (graph, map) => {
    const part = graph.add("AveragePool", [map], { kernel_shape: [3, 3], strides: [3, 3] });
    const gate = gates["sigmoid"]![0]!(graph, graph.conv(part, channels, channels));
    const wide = graph.add("Resize", [gate, "", "", graph.integers([1, channels, 6, 6])], {
      mode: "nearest",
    });
    return times(graph, map, wide);
  },
};

test.each(Object.entries(none))("%s is no SE block", (_, build) => {
  const graph = new TestGraph();
  const last = build(graph, mapIn(graph));
  expect(inspectBytes(graph.model(readIn(graph, last))).blocks).toEqual([]);
});

test("a SiLU in a classifier's head, after the pool, is no SE block", () => {
  const graph = new TestGraph();
  const head = graph.conv(pool(graph, mapIn(graph)), channels, channels);
  const active = activations["silu"]![0]!(graph, head);
  expect(inspectBytes(graph.model(readIn(graph, active))).blocks).toEqual([]);
});

test("the SiLU of the layer after an SE block is none, and the block is one", () => {
  const graph = new TestGraph();
  const map = mapIn(graph);
  const scaled = times(graph, map, classicGate(graph, map));
  const next = activations["silu"]![0]!(graph, graph.conv(scaled, channels, channels));
  const { blocks } = inspectBytes(graph.model(readIn(graph, next)));
  expect(blocks.map(({ kind }) => kind)).toEqual(["classic"]);
});
