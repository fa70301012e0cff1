import ort from "onnxruntime-node";
import { afterAll, describe, expect, test } from "vitest";
import {
  activations,
  channels,
  classicGate,
  gates,
  layers,
  mapIn,
  readIn,
  squeezes,
  TestGraph,
  times,
  width,
} from "../testing/block-forms.ts";
import { float } from "../testing/onnx-writer.ts";
import { inspectBytes } from "../testing/inspect-bytes.ts";

const relu = activations["relu"]![0]!;
const sigmoid = gates["sigmoid"]![0]!;
const convs = layers["1x1 Conv"]!;

/** What is loaded by onnxruntime, so that no form here is one that no engine takes. */
const written: Uint8Array[] = [];

/** Inspects a graph whose last tensor goes into a convolution. */
function blocksOf(graph: TestGraph, last: string) {
  const bytes = graph.model(readIn(graph, last));
  written.push(bytes);
  return inspectBytes(bytes).blocks;
}

afterAll(async () => {
  for (const bytes of written) {
    const session = await ort.InferenceSession.create(bytes, {
      graphOptimizationLevel: "disabled",
      logSeverityLevel: 3,
    });
    await session.release();
  }
}, 120_000);

test("a slope or an offset that is no number is told as such", () => {
  const graph = new TestGraph();
  const map = mapIn(graph);
  const excited = convs(relu)(graph, graph.add("GlobalAveragePool", [map]));
  const gate = graph.add("HardSigmoid", [excited], { beta: float(Number.NaN) });
  const [block] = blocksOf(graph, times(graph, map, gate));
  expect(block!.gate).toBe("hard-sigmoid(0.2, no number)");
});

describe("a squeeze is seen as", () => {
  test.each(Object.entries(squeezes))("%s", (_, { step, opset = 17, flat = false }) => {
    const graph = new TestGraph(opset);
    const map = mapIn(graph);
    const squeezed = step(graph, map);
    const square = flat ? graph.withAxes("Unsqueeze", squeezed, [2, 3]) : squeezed;
    const [block, ...others] = blocksOf(
      graph,
      times(graph, map, sigmoid(graph, convs(relu)(graph, square))),
    );
    expect(others).toEqual([]);
    expect(block).toMatchObject({
      kind: "classic",
      map,
      squeezed: [map],
      channels,
      reduction: channels / width,
      activation: "relu",
      gate: "sigmoid",
      parameters: 2 * channels * width + channels + width,
      macs: 2 * channels * width,
    });
  });
});

describe("layers are seen as", () => {
  test.each(Object.entries(layers))("%s", (_, layer) => {
    const graph = new TestGraph();
    const map = mapIn(graph);
    const gate = layer(relu)(graph, graph.add("GlobalAveragePool", [map]));
    expect(blocksOf(graph, times(graph, map, sigmoid(graph, gate)))).toMatchObject([
      { kind: "classic", reduction: channels / width, activation: "relu", gate: "sigmoid" },
    ]);
  });
});

const activationForms = Object.entries(activations).flatMap(([name, steps]) =>
  steps.map((step, index) => ({ name, index, step })),
);
test.each(activationForms)("$name, form $index, is seen between the layers", ({ name, step }) => {
  const graph = new TestGraph();
  const map = mapIn(graph);
  const gate = convs(step)(graph, graph.add("GlobalAveragePool", [map]));
  expect(blocksOf(graph, times(graph, map, sigmoid(graph, gate)))).toMatchObject([
    { kind: "classic", activation: name, gate: "sigmoid" },
  ]);
});

const gateForms = Object.entries(gates).flatMap(([name, steps]) =>
  steps.flatMap((step, index) => [10, 17].map((opset) => ({ name, index, step, opset }))),
);
test.each(gateForms)("the gate $name, form $index, is seen at opset $opset", (form) => {
  const graph = new TestGraph(form.opset);
  const map = mapIn(graph);
  const gate = form.step(graph, convs(relu)(graph, graph.add("GlobalAveragePool", [map])));
  // The gate first, as PyTorch's exporter writes it.
  expect(blocksOf(graph, times(graph, gate, map))).toMatchObject([
    { kind: "classic", map, activation: "relu", gate: form.name },
  ]);
});

describe("the kind is", () => {
  test("residual for x + x*s, with its sum in the chain", () => {
    const graph = new TestGraph();
    const map = mapIn(graph);
    const product = times(graph, map, classicGate(graph, map));
    expect(blocksOf(graph, graph.add("Add", [map, product]))).toMatchObject([
      {
        kind: "residual",
        chain: ["GlobalAveragePool", "Conv", "Relu", "Conv", "Sigmoid", "Mul", "Add"],
      },
    ]);
  });

  test("residual for x*(1+s), whose gate is s", () => {
    const graph = new TestGraph();
    const map = mapIn(graph);
    const gate = graph.add("Add", [graph.constant([1], 1), classicGate(graph, map)]);
    expect(blocksOf(graph, times(graph, map, gate))).toMatchObject([
      { kind: "residual", gate: "sigmoid" },
    ]);
  });

  test("classic where another map is added, as in a residual network", () => {
    const graph = new TestGraph();
    const before = mapIn(graph);
    const map = graph.conv(before, channels, channels, 3);
    const product = times(graph, map, classicGate(graph, map));
    expect(blocksOf(graph, graph.add("Add", [before, product]))).toMatchObject([
      { kind: "classic", readers: [expect.stringMatching(/^Add /)] },
    ]);
  });

  test("classic where the product of x + x*s is read elsewhere, too", () => {
    const graph = new TestGraph();
    const map = mapIn(graph);
    const product = times(graph, map, classicGate(graph, map));
    const sum = graph.add("Add", [map, product]);
    expect(blocksOf(graph, graph.add("Max", [sum, product]))).toMatchObject([{ kind: "classic" }]);
  });

  test("one-layer", () => {
    const graph = new TestGraph();
    const map = mapIn(graph);
    const layer = graph.conv(graph.add("GlobalAveragePool", [map]), channels, channels);
    expect(blocksOf(graph, times(graph, map, sigmoid(graph, layer)))).toMatchObject([
      { kind: "one-layer", reduction: null, activation: null, gate: "sigmoid" },
    ]);
  });

  test("eca, whose convolution goes over the channels", () => {
    const graph = new TestGraph();
    const map = mapIn(graph);
    const pooled = graph.add("GlobalAveragePool", [map]);
    const row = graph.add("Transpose", [graph.withAxes("Squeeze", pooled, [-1])], {
      perm: [0, 2, 1],
    });
    const mixed = graph.add("Conv", [row, graph.constant([1, 1, 3])], { pads: [1, 1] });
    const back = graph.add("Transpose", [mixed], { perm: [0, 2, 1] });
    const gate = graph.withAxes("Unsqueeze", sigmoid(graph, back), [-1]);
    expect(blocksOf(graph, times(graph, map, gate))).toMatchObject([
      { kind: "eca", channels, gate: "sigmoid", parameters: 3 },
    ]);
  });

  test("max-average, whose layers are shared and counted once", () => {
    const graph = new TestGraph();
    const map = mapIn(graph);
    const weights = [
      graph.constant([width, channels, 1, 1]),
      graph.constant([channels, width, 1, 1]),
    ];
    const branch = (pool: string) => {
      const first = graph.add("Conv", [graph.add(pool, [map]), weights[0]!]);
      return graph.add("Conv", [relu(graph, first), weights[1]!]);
    };
    const sum = graph.add("Add", [branch("GlobalAveragePool"), branch("GlobalMaxPool")]);
    expect(blocksOf(graph, times(graph, map, sigmoid(graph, sum)))).toMatchObject([
      {
        kind: "max-average",
        squeeze: ["GlobalAveragePool", "GlobalMaxPool"],
        activation: "relu",
        gate: "sigmoid",
        reduction: channels / width,
        parameters: 2 * channels * width,
      },
    ]);
  });

  test("other-tensor where the gate scales another map than was squeezed", () => {
    const graph = new TestGraph();
    const [map, other] = [mapIn(graph), mapIn(graph)];
    expect(blocksOf(graph, times(graph, other, classicGate(graph, map)))).toMatchObject([
      { kind: "other-tensor", map: other, squeezed: [map] },
    ]);
  });

  test("other-tensor where a sum is squeezed and one part of it is scaled", () => {
    const graph = new TestGraph();
    const [map, other] = [mapIn(graph), mapIn(graph)];
    const sum = graph.add("Add", [map, other]);
    expect(blocksOf(graph, times(graph, map, classicGate(graph, sum)))).toMatchObject([
      { kind: "other-tensor", map, squeezed: [sum] },
    ]);
  });
});

describe("what is in between is seen through:", () => {
  test("Identity on weights and on the map", () => {
    const graph = new TestGraph();
    const map = mapIn(graph);
    const shared = graph.add("Identity", [graph.constant([width, channels, 1, 1])]);
    const first = graph.add("Conv", [graph.add("GlobalAveragePool", [map]), shared]);
    const gate = sigmoid(graph, graph.conv(relu(graph, first), width, channels));
    expect(blocksOf(graph, times(graph, graph.add("Identity", [map]), gate))).toMatchObject([
      { kind: "classic", map, reduction: channels / width },
    ]);
  });

  test("QuantizeLinear and DequantizeLinear", () => {
    const graph = new TestGraph();
    const scale = graph.constant([], 0.01);
    const quantised = (from: string) =>
      graph.add("DequantizeLinear", [graph.add("QuantizeLinear", [from, scale]), scale]);
    const source = mapIn(graph);
    const map = quantised(source);
    const pooled = quantised(graph.add("GlobalAveragePool", [map]));
    const first = quantised(relu(graph, graph.conv(pooled, channels, width)));
    const gate = quantised(sigmoid(graph, quantised(graph.conv(first, width, channels))));
    expect(blocksOf(graph, times(graph, map, gate))).toMatchObject([
      { kind: "classic", map: source, activation: "relu", gate: "sigmoid" },
    ]);
  });

  test("an Expand to the map's own size, by a chain of Shape, Gather and Concat", () => {
    const graph = new TestGraph();
    const map = mapIn(graph);
    const pooled = graph.add("GlobalAveragePool", [map]);
    const gate = sigmoid(graph, convs(relu)(graph, pooled));
    const shape = graph.add("Shape", [map]);
    const lengths = [0, 1, 2, 3].map((axis) =>
      graph.withAxes("Unsqueeze", graph.add("Gather", [shape, graph.integers([axis], true)]), [0]),
    );
    const wide = graph.add("Expand", [gate, graph.add("Concat", lengths, { axis: 0 })]);
    const last = times(graph, map, wide);
    const bytes = graph.model(readIn(graph, last), ["batch", channels, "height", "width"]);
    written.push(bytes);
    const { blocks, notes, macs } = inspectBytes(bytes);
    expect(blocks).toMatchObject([{ kind: "classic", map, channels, gate: "sigmoid" }]);
    expect(macs).toBeNull();
    expect(notes[0]).toContain("--input image=1x3x224x224");
  });
});
