import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runReference } from "@sebench/reference";
import { inputShape, type Network } from "@sebench/spec";
import { afterAll, describe, expect, test } from "vitest";
import { inspectModel } from "../inspect/inspect-model.ts";
import {
  activations,
  channels,
  classicGate,
  mapIn,
  TestGraph,
  times,
} from "../testing/block-forms.ts";
import { withExport, withWeights } from "../testing/real-files.ts";
import { ramps, runOnnx } from "../testing/run-onnx.ts";
import { importModel } from "./import-graph.ts";

const folder = mkdtempSync(join(tmpdir(), "sebench-import-"));
afterAll(() => rmSync(folder, { recursive: true }));

function imported(path: string) {
  const found = importModel(path);
  if ("obstacle" in found) throw new Error(`${found.obstacle.node}: ${found.obstacle.why}`);
  return found;
}

/** The oracle's logits of an imported model beside those of onnxruntime, which reads the file itself. */
async function bothOf(path: string) {
  const { network, weights } = imported(path);
  const shape = [1, ...inputShape(network)];
  const data = ramps(shape);
  const oracle = await runReference(network, weights, { shape, data });
  return { network, oracle: Array.from(oracle), engine: await runOnnx(path, shape, data) };
}

function worstOf(oracle: readonly number[], engine: Float32Array): number {
  const scale = Math.max(...oracle.map(Math.abs));
  expect(scale).toBeGreaterThan(0);
  return Math.max(...oracle.map((value, index) => Math.abs(value - engine[index]!))) / scale;
}

const rolesOf = ({ nodes }: Network) => {
  const counts = new Map<string, number>();
  for (const { role } of nodes) counts.set(role, (counts.get(role) ?? 0) + 1);
  return Object.fromEntries(counts);
};

test.each([
  ["regnet_y_400mf-13", { squeeze: 16, excite: 64, scale: 16 }],
  ["mobilenet_v3_small-11", { squeeze: 9, excite: 36, scale: 9 }],
])("%s gives the oracle what it gives onnxruntime, with SE's roles", async (name, roles) => {
  const path = join(folder, `${name}.onnx`);
  await withExport(name, (from) => withWeights(from, path, 3));
  const { network, oracle, engine } = await bothOf(path);
  expect(oracle).toHaveLength(1000);
  expect(worstOf(oracle, engine)).toBeLessThan(1e-4);
  expect(rolesOf(network)).toMatchObject(roles);
});

describe("a small model gives the oracle what it gives onnxruntime, with", () => {
  const logits = (graph: TestGraph, map: string) => {
    const pooled = graph.add("Flatten", [graph.add("GlobalAveragePool", [map])]);
    return graph.add("Gemm", [
      pooled,
      graph.constant([channels, 5], 0.3),
      graph.constant([5], 0.7),
    ]);
  };
  /** A map whose channels differ. */
  const spread = (graph: TestGraph, map: string) =>
    graph.add("Add", [graph.conv(map, channels, channels, 3), graph.add("Sigmoid", [map])]);
  const builds: Readonly<Record<string, (graph: TestGraph) => string>> = {
    "a classic block and a matrix that has its inputs first": (graph) => {
      const map = spread(graph, mapIn(graph));
      return logits(graph, times(graph, map, classicGate(graph, map)));
    },
    "SiLU, tanh, a scale, and pools": (graph) => {
      const map = activations["silu"]![0]!(graph, spread(graph, mapIn(graph)));
      const window = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
      const largest = graph.add("MaxPool", [map], window);
      const mean = graph.add("AveragePool", [graph.add("Tanh", [map])], {
        ...window,
        count_include_pad: 1,
      });
      const half = graph.add("Mul", [largest, graph.constant([], 0.5)]);
      const joined = graph.add("Concat", [half, mean], { axis: 1 });
      return logits(graph, graph.conv(joined, 2 * channels, channels));
    },
    "hard-swish in each of its forms, and a hard sigmoid as the gate": (graph) => {
      let map = spread(graph, mapIn(graph));
      for (const form of activations["hard-swish"]!) map = form(graph, map);
      const pooled = graph.conv(graph.add("GlobalAveragePool", [map]), channels, channels);
      return logits(graph, times(graph, map, graph.add("HardSigmoid", [pooled])));
    },
    "ReLU6 and a division": (graph) => {
      const map = graph.clip(spread(graph, mapIn(graph)), 6);
      return logits(graph, graph.add("Div", [map, graph.constant([1], 7)]));
    },
    "a batch norm": (graph) => {
      const parameters = [1.5, -0.2, 0.3, 2].map((value) => graph.constant([channels], value));
      const map = graph.add("BatchNormalization", [mapIn(graph), ...parameters], {});
      return logits(graph, map);
    },
    "layers as MatMul and Add over a mean without keepdims": (graph) => {
      const map = spread(graph, mapIn(graph));
      const mean = graph.withAxes("ReduceMean", map, [2, 3], { keepdims: 0 }, 18);
      const product = graph.add("MatMul", [mean, graph.constant([channels, channels], 0.2)]);
      const gate = graph.add("Sigmoid", [
        graph.add("Add", [product, graph.constant([channels], -1)]),
      ]);
      return logits(graph, times(graph, map, graph.withAxes("Unsqueeze", gate, [2, 3])));
    },
  };
  test.each(Object.entries(builds))("%s", async (name, build) => {
    const graph = new TestGraph();
    const path = join(folder, `${name.replaceAll(/\W+/g, "-")}.onnx`);
    writeFileSync(path, graph.model(build(graph)));
    const { oracle, engine } = await bothOf(path);
    expect(oracle).toHaveLength(5);
    expect(worstOf(oracle, engine)).toBeLessThan(1e-5);
  });
});

test.each([
  ["resnet18-17", null],
  ["efficientnet_b0-17", null],
  ["googlenet-17", null],
  ["mobilenet_v2-11", null],
  ["mobilenet_v3_small-11", null],
  ["mobilenet_v3_large-17", null],
  ["mnasnet0_5-17", null],
  ["densenet121-17", null],
  ["shufflenet_v2_x0_5-17", "Reshape /stage2/stage2.0/Reshape"],
  ["swin_t-17", "Transpose /features/features.0/features.0.1/Transpose"],
  ["regnet_x_400mf-17-free", null],
])("%s is imported, or the first node that prevents it is named: %s", async (name, node) => {
  const { obstacle } = await withExport(name, (path) => inspectModel(path));
  if (name.endsWith("-free")) expect(obstacle?.why).toBe("its input is no image of known size");
  else expect(obstacle?.node ?? null).toBe(node);
});
