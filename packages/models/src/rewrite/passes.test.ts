import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sizeOf } from "../graph/model.ts";
import { readModel } from "../graph/read-model.ts";
import { parseInputSizes } from "../shapes/infer.ts";
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
import { ramps, runOnnx } from "../testing/run-onnx.ts";
import { writeModel } from "../twin/write-model.ts";
import { parseRewriteNames, type RewriteName, rewriteNames } from "./pass-names.ts";
import { rewriteModel } from "./passes.ts";

const folder = mkdtempSync(join(tmpdir(), "sebench-rewrite-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = () => join(folder, `${files++}.onnx`);

const image = [1, 3, 6, 6];

/** Writes a model whose weights are all alike with weights that differ, so that none can change places. */
function varied(bytes: Uint8Array): string {
  const path = newPath();
  writeFileSync(path, bytes);
  const copy = new Uint8Array(bytes);
  for (const { type, dims, data } of readModel(path).graph.constants) {
    const [raw] = data;
    if (type !== 1 || raw?.number !== 9 || sizeOf(dims) < 2) continue;
    const view = new DataView(copy.buffer, raw.value.start, raw.value.end - raw.value.start);
    for (let at = 0; at < sizeOf(dims); at++) {
      view.setFloat32(4 * at, 0.05 + (((at + raw.value.start) * 29) % 37) / 90, true);
    }
  }
  writeFileSync(path, copy);
  return path;
}

/** The bytes of each node of a file by what it gives, reads and computes. */
function nodeBytes(path: string): Map<string, string> {
  const bytes = readFileSync(path);
  return new Map(
    readModel(path).graph.nodes.map(({ op, inputs, outputs, attributes, span }) => [
      [op, ...inputs, "->", ...outputs, ...attributes.keys()].join(" "),
      bytes.subarray(span!.start, span!.end).toString("base64"),
    ]),
  );
}

/** Rewrites a file by a pass, and holds outputs and untouched nodes against those of the file. */
async function checked(path: string, pass: RewriteName): Promise<readonly string[]> {
  const { model, done } = rewriteModel(readModel(path), pass);
  if (done.length === 0) return done;
  const to = newPath();
  writeModel(model, to);
  const before = nodeBytes(path);
  for (const [node, bytes] of nodeBytes(to))
    if (before.has(node)) expect(bytes).toBe(before.get(node));
  const own = await runOnnx(to, image, ramps(image));
  const right = await runOnnx(path, image, ramps(image));
  const greatest = Math.max(...right.map(Math.abs));
  expect(greatest).toBeGreaterThan(1e-3);
  expect(own).toHaveLength(right.length);
  own.forEach((value, at) => expect(Math.abs(value - right[at]!)).toBeLessThan(3e-6 * greatest));
  return done;
}

const relu = activations["relu"]![0]!;
const sigmoid = gates["sigmoid"]![0]!;
const convs = layers["1x1 Conv"]!;

type Build = (graph: TestGraph) => string;
const block =
  (gateOf: (graph: TestGraph, map: string) => string): Build =>
  (graph) => {
    const map = mapIn(graph);
    return times(graph, map, gateOf(graph, map));
  };
const pooled = (graph: TestGraph, map: string) => graph.add("GlobalAveragePool", [map]);

/** Activations and gates as an opset writes them. */
function formsAt(opset: number) {
  const active = Object.entries(activations).flatMap(([name, steps]) =>
    steps.map((step, index) => {
      const layer = layers[opset < 17 ? "1x1 Conv" : "Gemm"]!;
      const build = block((graph, map) =>
        sigmoid(graph, layer(step)(graph, pooled(graph, step(graph, map)))),
      );
      return [`activation ${name} ${index} at ${opset}`, { opset, build }] as const;
    }),
  );
  const gated = Object.entries(gates).flatMap(([name, steps]) =>
    steps.map((step, index) => {
      const build = block((graph, map) => step(graph, convs(relu)(graph, pooled(graph, map))));
      return [`gate ${name} ${index} at ${opset}`, { opset, build }] as const;
    }),
  );
  // HardSwish is no operator below opset 14.
  return [...active, ...gated].filter(([name]) => opset > 13 || !name.includes("hard-swish 0"));
}

/** Every form of a block, and of maps beside one. */
const forms: Readonly<Record<string, { build: Build; opset: number }>> = Object.fromEntries([
  ...Object.entries(squeezes).map(([name, { step, opset = 17, flat = false }]) => [
    `squeeze ${name}`,
    {
      opset,
      build: block((graph, map) => {
        const squeezed = step(graph, map);
        const square = flat ? graph.withAxes("Unsqueeze", squeezed, [2, 3]) : squeezed;
        return sigmoid(graph, convs(relu)(graph, square));
      }),
    },
  ]),
  ...Object.entries(layers).map(([name, layer]) => [
    `layers ${name}`,
    {
      opset: 17,
      build: block((graph, map) => sigmoid(graph, layer(relu)(graph, pooled(graph, map)))),
    },
  ]),
  ...[10, 11, 17].flatMap(formsAt),
  [
    "layers without a bias at 10",
    {
      opset: 10,
      build: block((graph: TestGraph, map: string) => {
        const first = graph.add("Conv", [
          pooled(graph, map),
          graph.constant([width, channels, 1, 1]),
        ]);
        const weights = graph.constant([channels, width, 1, 1]);
        return sigmoid(graph, graph.add("Conv", [relu(graph, first), weights]));
      }),
    },
  ],
  [
    "residual x + x*s",
    {
      opset: 17,
      build: (graph: TestGraph) => {
        const map = mapIn(graph);
        return graph.add("Add", [times(graph, classicGate(graph, map), map), map]);
      },
    },
  ],
  [
    "products and sums by constants",
    {
      opset: 17,
      build: (graph: TestGraph) => {
        const map = graph.conv("image", 3, channels, 3);
        const scaled = graph.add("Mul", [graph.constant([], 1.5), map]);
        const shifted = graph.add("Sub", [scaled, graph.constant([1, channels, 1, 1])]);
        const vectors = [1, 2, 3, 4].map(() => graph.constant([channels]));
        const normed = graph.add("BatchNormalization", [shifted, ...vectors]);
        const active = graph.add("Relu", [graph.add("Div", [normed, graph.constant([1], 3)])]);
        const affine = graph.add("Add", [
          graph.add("Mul", [active, graph.constant([channels, 1, 1])]),
          graph.constant([], 0.7),
        ]);
        return times(graph, affine, classicGate(graph, affine));
      },
    },
  ],
  [
    "an affine map before convolutions of 1x1 and in groups",
    {
      opset: 17,
      build: (graph: TestGraph) => {
        const map = mapIn(graph);
        const affine = graph.add("Add", [
          graph.add("Mul", [map, graph.constant([1, channels, 1, 1])]),
          graph.constant([channels, 1, 1]),
        ]);
        const grouped = graph.add("Conv", [affine, graph.constant([channels, 4, 3, 3])], {
          group: 2,
        });
        const wide = graph.add("ConvTranspose", [grouped, graph.constant([channels, 4, 3, 3])], {
          group: 2,
        });
        const scaled = graph.add("Mul", [wide, graph.constant([channels, 1, 1])]);
        const sum = graph.add("Add", [scaled, graph.conv(affine, channels, channels)]);
        return times(graph, sum, classicGate(graph, sum));
      },
    },
  ],
]) as Readonly<Record<string, { build: Build; opset: number }>>;

const applied = new Map<RewriteName, number>();

describe("outputs are those of the untouched file, and untouched nodes are byte for byte the same:", () => {
  test.each(Object.entries(forms))("%s", async (_, { build, opset }) => {
    const graph = new TestGraph(opset);
    const path = varied(graph.model(readIn(graph, build(graph))));
    expect(readModel(path).graph.nodes.length).toBeGreaterThan(0);
    for (const pass of rewriteNames) {
      const done = await checked(path, pass);
      applied.set(pass, (applied.get(pass) ?? 0) + done.length);
    }
  });

  test("each pass had something to do, but for the sizes, which --input gives", () => {
    const idle = rewriteNames.filter((name) => (applied.get(name) ?? 0) === 0);
    expect(idle).toEqual(["fixed-sizes"]);
  });
});

/** The operators of a graph after a pass, and what the pass left. */
function after(graph: TestGraph, last: string, pass: RewriteName, dims?: (number | string)[]) {
  const path = newPath();
  writeFileSync(path, graph.model(last, dims));
  const { model, refused } = rewriteModel(readModel(path), pass);
  return { operators: model.graph.nodes.map(({ op }) => op), refused };
}

const clipForm = activations["hard-swish"]![2]!;

describe("a hard-swish in four operators becomes", () => {
  test.each([
    [10, ["HardSigmoid", "Mul"]],
    [17, ["HardSwish"]],
  ])("at opset %i what that has", (opset, operators) => {
    const graph = new TestGraph(opset);
    const last = clipForm(graph, graph.conv("image", 3, channels, 3));
    expect(after(graph, last, "activation").operators).toEqual(["Conv", ...operators]);
  });

  test("nothing else where what is in between is read elsewhere", () => {
    const graph = new TestGraph();
    const map = graph.conv("image", 3, channels, 3);
    const shifted = graph.add("Add", [map, graph.constant([], 3)]);
    const product = graph.add("Mul", [map, graph.clip(shifted, 6)]);
    const sixth = graph.add("Div", [product, graph.constant([], 6)]);
    const last = graph.add("Add", [sixth, shifted]);
    const kept = ["Conv", "Add", "Clip", "Mul", "Div", "Add"];
    expect(after(graph, last, "activation").operators).toEqual(kept);
  });
});

test("a sum before a convolution that pads stays, and the reason names the convolution", () => {
  const graph = new TestGraph();
  const shifted = graph.add("Add", [mapIn(graph), graph.constant([], 0.5)]);
  const { refused } = after(graph, graph.conv(shifted, channels, 4, 3), "affine-fold");
  expect(refused).toEqual([
    { at: expect.stringContaining("Add"), why: expect.stringMatching(/Conv .* pads with zeros/) },
  ]);
});

test("a factor before a convolution that pads goes into its weights", () => {
  const graph = new TestGraph();
  const scaled = graph.add("Mul", [mapIn(graph), graph.constant([], 0.5)]);
  const { operators } = after(graph, graph.conv(scaled, channels, 4, 3), "affine-fold");
  expect(operators).toEqual(["Conv", "Relu", "Conv"]);
});

test("weights that are dequantised are left, with the reason", () => {
  const graph = new TestGraph();
  const map = mapIn(graph);
  const scale = graph.constant([], 0.01);
  const stored = graph.add("QuantizeLinear", [graph.constant([width, channels, 1, 1]), scale]);
  const weights = graph.add("DequantizeLinear", [stored, scale]);
  const first = relu(graph, graph.add("Conv", [pooled(graph, map), weights]));
  const gate = sigmoid(graph, graph.conv(first, width, channels));
  const { refused } = after(graph, readIn(graph, times(graph, map, gate)), "gemm");
  expect(refused.map(({ why }) => why)).toEqual(["its weights are no float32 tensor of the file"]);
});

test("a gate is not repeated over a map whose size is free", () => {
  const graph = new TestGraph();
  const map = mapIn(graph);
  const last = readIn(graph, times(graph, map, classicGate(graph, map)));
  const { refused } = after(graph, last, "gate-resize", ["batch", channels, "height", "width"]);
  expect(refused).toEqual([
    { at: expect.stringMatching(/^the SE block at /), why: "its map's size is free" },
  ]);
});

test("sizes are written into the inputs, and every other byte of them stays", async () => {
  const graph = new TestGraph();
  const path = varied(graph.model(mapIn(graph), ["batch", channels, "height", "width"]));
  const sizes = parseInputSizes(["image=1x3x6x6"]);
  const { model, done } = rewriteModel(readModel(path), "fixed-sizes", sizes);
  const to = newPath();
  writeModel(model, to);
  expect(done).toEqual(["the input image"]);
  expect(readModel(to).graph.inputs).toMatchObject([{ name: "image", type: 1, dims: image }]);
  expect(nodeBytes(to)).toEqual(nodeBytes(path));
  expect(await runOnnx(to, image, ramps(image))).toEqual(await runOnnx(path, image, ramps(image)));
});

test("names of passes are read, and one that none has is refused with those that are near", () => {
  expect(parseRewriteNames(["gemm,residual", "conv1x1"], "--passes")).toEqual([
    "gemm",
    "residual",
    "conv1x1",
  ]);
  expect(() => parseRewriteNames(["gem"], "--passes")).toThrow('--passes names "gem"');
  try {
    parseRewriteNames(["afine-fold"], "--no-pass");
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ remedy: expect.stringContaining("did you mean affine-fold") });
  }
});
