/** Files that are valid, and in which a pass that trusts what most exporters write changes outputs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ort from "onnxruntime-node";
import { afterAll, describe, expect, test } from "vitest";
import { readModel } from "../graph/read-model.ts";
import { channels, mapIn, TestGraph } from "../testing/block-forms.ts";
import { graph as graphBytes, model, node, tensor, valueInfo } from "../testing/onnx-writer.ts";
import { ramps } from "../testing/run-onnx.ts";
import { writeModel } from "../twin/write-model.ts";
import { type RewriteName, rewriteNames } from "./pass-names.ts";
import { rewriteModel } from "./passes.ts";

const folder = mkdtempSync(join(tmpdir(), "sebench-valid-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newPath = () => join(folder, `${files++}.onnx`);

const image = [1, 3, 6, 6];
type Feeds = Readonly<Record<string, ort.Tensor>>;
const imageFeed = { image: new ort.Tensor("float32", ramps(image), image) };

/** Every output of a file without optimisation. */
async function outputsOf(path: string, feeds: Feeds): Promise<Record<string, number[]>> {
  const session = await ort.InferenceSession.create(path, {
    graphOptimizationLevel: "disabled",
    logSeverityLevel: 4,
  });
  try {
    const outputs = await session.run(feeds);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { data }]) => [name, [...(data as Float32Array)]]),
    );
  } finally {
    await session.release();
  }
}

/** What each pass did and refused; the outputs of what it wrote are those of the file, for all feeds. */
async function heldFor(bytes: Uint8Array, feedsOfRuns: readonly Feeds[] = [imageFeed]) {
  const path = newPath();
  writeFileSync(path, bytes);
  const found = new Map<RewriteName, ReturnType<typeof rewriteModel>>();
  for (const pass of rewriteNames) {
    const rewritten = rewriteModel(readModel(path), pass);
    if (rewritten.done.length + rewritten.refused.length > 0) found.set(pass, rewritten);
    if (rewritten.done.length === 0) continue;
    const to = newPath();
    writeModel(rewritten.model, to);
    for (const feeds of feedsOfRuns) {
      const [right, own] = [await outputsOf(path, feeds), await outputsOf(to, feeds)];
      expect(Object.keys(own)).toEqual(Object.keys(right));
      for (const [name, values] of Object.entries(right)) {
        const greatest = Math.max(...values.filter(Number.isFinite).map(Math.abs), 1e-6);
        values.forEach((value, at) => {
          const other = own[name]![at]!;
          const isSame = Object.is(value, other) || Math.abs(value - other) < 1e-5 * greatest;
          expect([pass, name, at, isSame ? value : other]).toEqual([pass, name, at, value]);
        });
      }
    }
  }
  return found;
}

const notFinite = "the weights would not be finite in float32";
const refusals = (rewritten: ReturnType<typeof rewriteModel> | undefined) =>
  rewritten?.refused.map(({ why }) => why);

describe("weights that would not be finite are refused with the reason, and the file stays right:", () => {
  test("a division by zero after a convolution or before one", async () => {
    for (const isBefore of [false, true]) {
      const graph = new TestGraph();
      const map = isBefore ? mapIn(graph) : graph.conv("image", 3, channels, 3);
      const divided = graph.add("Div", [map, graph.constant([channels, 1, 1], 0)]);
      const last = isBefore ? graph.conv(divided, channels, 4) : graph.add("Abs", [divided]);
      const found = await heldFor(graph.model(last));
      expect(refusals(found.get("affine-fold"))?.[0]).toBe(notFinite);
      expect(refusals(found.get("affine-conv"))).toEqual([notFinite]);
    }
  });

  test("a variance that is less than nothing", async () => {
    const graph = new TestGraph();
    const vectors = [1, 0.2, 0.3, -1].map((value) => graph.constant([channels], value));
    const normed = graph.add("BatchNormalization", [mapIn(graph), ...vectors]);
    const found = await heldFor(graph.model(graph.conv(normed, channels, 4)));
    expect(refusals(found.get("affine-fold"))).toEqual([notFinite]);
    expect(refusals(found.get("affine-conv"))).toEqual([notFinite]);
  });

  test("factors that are float32 by themselves alone", async () => {
    const graph = new TestGraph();
    const tiny = graph.add("Mul", ["image", graph.constant([], 1e-30)]);
    const weights = graph.constant([channels, 3, 1, 1], 1e25);
    const wide = graph.add("Conv", [tiny, weights]);
    const factor = graph.constant([channels, 1, 1], 1e25);
    const last = graph.add("Mul", [graph.add("Mul", [wide, factor]), graph.constant([], 1e-15)]);
    const found = await heldFor(graph.model(graph.add("Abs", [last])));
    // Together the factors of the chain are 1e10, which the weights can take.
    expect(found.get("affine-fold")?.done.length).toBeGreaterThan(0);
    const other = new TestGraph();
    const small = other.add("Mul", ["image", other.constant([], 1e-30)]);
    const conv = other.add("Conv", [small, other.constant([channels, 3, 1, 1], 1e25)]);
    const big = other.add("Mul", [conv, other.constant([channels, 1, 1], 1e20)]);
    const refused = (await heldFor(other.model(other.add("Abs", [big])))).get("affine-fold");
    expect(refusals(refused)).toContain(notFinite);
  });

  test("a batch norm with factors of 0, as pruned channels have, is folded", async () => {
    const graph = new TestGraph();
    const vectors = [0, 0.2, 0, 0].map((value) => graph.constant([channels], value));
    const normed = graph.add("BatchNormalization", [mapIn(graph), ...vectors]);
    const found = await heldFor(graph.model(graph.conv(normed, channels, 4)));
    expect(found.get("affine-fold")?.done).toHaveLength(1);
    expect(found.get("affine-conv")?.done).toHaveLength(1);
  });
});

/** A file with the outputs, and with the inputs, of which one may be a constant as well. */
function fileOf(
  { nodes, constants, opset }: TestGraph,
  outputs: readonly string[],
  inputs: Readonly<Record<string, readonly number[]>> = { image },
  irVersion = 7,
): Uint8Array {
  const parts = {
    nodes,
    constants,
    inputs: Object.entries(inputs).map(([name, dims]) => valueInfo(name, dims)),
    outputs: outputs.map((name) => valueInfo(name, null)),
  };
  return model(parts, { opset, irVersion });
}

describe("a tensor that is an input as well", () => {
  /** A convolution and a product by a tensor. */
  function build(opset: number) {
    const graph = new TestGraph(opset);
    const factor = graph.constant([channels, 1, 1], 2);
    const scaled = graph.add("Mul", [graph.conv("image", 3, channels, 3), factor]);
    const last = graph.add("Relu", [scaled]);
    return { graph, factor, last };
  }

  test("is no constant, since a run may give another", async () => {
    const { graph, factor, last } = build(17);
    const dims = [channels, 1, 1];
    const given = new ort.Tensor("float32", new Float32Array(channels).fill(5), dims);
    const bytes = fileOf(graph, [last], { image, [factor]: dims });
    const found = await heldFor(bytes, [imageFeed, { ...imageFeed, [factor]: given }]);
    expect([...found.keys()]).toEqual([]);
  });

  test("is one where the format asks that every tensor is an input, and goes with its input", async () => {
    const { graph, factor, last } = build(8);
    const bytes = fileOf(graph, [last], { image, [factor]: [channels, 1, 1] }, 3);
    const found = await heldFor(bytes);
    expect(found.get("affine-fold")?.done).toHaveLength(1);
  });

  test("of an activation is no constant either", async () => {
    const graph = new TestGraph();
    const three = graph.constant([], 3);
    const map = graph.conv("image", 3, channels, 3);
    const clipped = graph.clip(graph.add("Add", [map, three]), 6);
    const last = graph.add("Div", [graph.add("Mul", [map, clipped]), graph.constant([], 6)]);
    const given = new ort.Tensor("float32", [1], []);
    const bytes = fileOf(graph, [last], { image, [three]: [] });
    const found = await heldFor(bytes, [imageFeed, { ...imageFeed, [three]: given }]);
    expect(found.has("activation")).toBe(false);
  });
});

describe("a value that others read as well stays:", () => {
  test("what is between a convolution and a factor, as an output of the file", async () => {
    const graph = new TestGraph();
    const map = graph.conv("image", 3, channels, 3);
    const scaled = graph.add("Mul", [map, graph.constant([], 2)]);
    const found = await heldFor(fileOf(graph, [graph.conv(scaled, channels, 4), map, scaled]));
    expect(refusals(found.get("affine-fold"))).toEqual([
      expect.stringMatching(/^the output .* reads it/),
    ]);
  });

  test("what a body of If reads", async () => {
    const graph = new TestGraph();
    const map = graph.conv("image", 3, channels, 3);
    const body = (op: string) =>
      graphBytes({
        nodes: [node(op, [map], [`${op} in a body`])],
        outputs: [valueInfo(`${op} in a body`, null)],
      });
    const isTrue = graph.add("Cast", [graph.constant([], 1)], { to: 9 });
    const branch = graph.add("If", [isTrue], {
      then_branch: { graph: body("Neg") },
      else_branch: { graph: body("Abs") },
    });
    const scaled = graph.add("Mul", [map, graph.constant([], 2)]);
    const found = await heldFor(fileOf(graph, [graph.add("Abs", [scaled]), branch]));
    expect(found.get("affine-fold")?.done ?? []).toEqual([]);
  });

  test("a constant that is an output of the file", async () => {
    const graph = new TestGraph();
    const factor = graph.constant([channels, 1, 1], 2);
    const scaled = graph.add("Mul", [graph.conv("image", 3, channels, 3), factor]);
    const found = await heldFor(fileOf(graph, [graph.add("Relu", [scaled]), factor]));
    expect(found.get("affine-fold")?.done).toHaveLength(1);
  });
});

test("Gemm with a bias for each row is left", async () => {
  const rows = [2, 3];
  const graph = new TestGraph();
  const bias = "rows";
  graph.constants.push(tensor(bias, [2, 1], [1, 2]));
  const last = graph.add("Gemm", ["image", graph.constant([3, 2]), bias]);
  const bytes = fileOf(graph, [last], { image: rows });
  const found = await heldFor(bytes, [{ image: new ort.Tensor("float32", ramps(rows), rows) }]);
  expect(refusals(found.get("conv1x1"))).toEqual(["its bias is no vector of the file"]);
});

test("below opset 7, where operands are aligned by an attribute, no affine map is looked for", () => {
  const graph = new TestGraph(6);
  const scaled = graph.add("Mul", [graph.conv("image", 3, channels, 3), graph.constant([6])], {
    broadcast: 1,
    axis: 3,
  });
  const path = newPath();
  writeFileSync(path, graph.model(graph.add("Relu", [scaled])));
  for (const pass of rewriteNames) expect(rewriteModel(readModel(path), pass).done).toEqual([]);
});

test("an activation whose middle is an output of the file stays", async () => {
  const graph = new TestGraph();
  const map = graph.conv("image", 3, channels, 3);
  const clipped = graph.clip(graph.add("Add", [map, graph.constant([], 3)]), 6);
  const last = graph.add("Div", [graph.add("Mul", [map, clipped]), graph.constant([], 6)]);
  expect((await heldFor(fileOf(graph, [last, clipped]))).has("activation")).toBe(false);
});
