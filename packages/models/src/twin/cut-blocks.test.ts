import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readModel } from "../graph/read-model.ts";
import { inspectModel } from "../inspect/inspect-model.ts";
import { parseInputSizes } from "../shapes/infer.ts";
import { classicGate, mapIn, readIn, TestGraph, times } from "../testing/block-forms.ts";
import { externalTensor, model, node, valueInfo } from "../testing/onnx-writer.ts";
import { fetchOcrModels, torchvisionNames, withExport } from "../testing/real-files.ts";
import { ramps, runOnnx } from "../testing/run-onnx.ts";
import { writeTwin } from "./cut-blocks.ts";
import { writeModel } from "./write-model.ts";

const folder = mkdtempSync(join(tmpdir(), "sebench-twin-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const newPath = () => join(folder, `${files++}.onnx`);

function written(bytes: Uint8Array): string {
  const path = newPath();
  writeFileSync(path, bytes);
  return path;
}

/** What a model gives for an image of ramps. */
const outputOf = (path: string, dims: readonly number[]) => runOnnx(path, dims, ramps(dims));

describe("a model that no pass touches is written byte for byte:", () => {
  test.each(torchvisionNames)("%s", async (name) => {
    await withExport(name, (from) => {
      const to = `${from}.copy`;
      writeModel(readModel(from), to);
      expect(readFileSync(to).equals(readFileSync(from))).toBe(true);
    });
  });

  test("PP-OCRv4's three", async () => {
    for (const from of Object.values(await fetchOcrModels())) {
      const to = newPath();
      writeModel(readModel(from), to);
      expect(readFileSync(to).equals(readFileSync(from))).toBe(true);
    }
  });
});

describe("the twin", () => {
  const image = [1, 3, 6, 6];
  /** A graph with a block, and the same one in which its map is read at once. */
  const kinds: Readonly<Record<string, (graph: TestGraph, map: string) => string>> = {
    classic: (graph, map) => times(graph, map, classicGate(graph, map)),
    residual: (graph, map) => graph.add("Add", [map, times(graph, classicGate(graph, map), map)]),
    "residual by 1 + s": (graph, map) =>
      times(graph, map, graph.add("Add", [classicGate(graph, map), graph.constant([1], 1)])),
    "two in a row": (graph, map) => {
      const first = times(graph, map, classicGate(graph, map));
      return times(graph, first, classicGate(graph, first));
    },
  };

  test.each(Object.entries(kinds))(
    "of a %s block gives what its map alone gives",
    async (_, block) => {
      const own = new TestGraph();
      const from = written(own.model(readIn(own, block(own, mapIn(own)))));
      const bare = new TestGraph();
      const to = newPath();
      writeTwin(from, to);
      expect(inspectModel(to).blocks).toEqual([]);
      expect(await outputOf(to, image)).toEqual(
        await outputOf(written(bare.model(readIn(bare, mapIn(bare)))), image),
      );
      expect(await outputOf(from, image)).not.toEqual(await outputOf(to, image));
    },
  );

  test("keeps the name of an output that was a product", async () => {
    const own = new TestGraph();
    const map = mapIn(own);
    const output = times(own, map, classicGate(own, map));
    const to = newPath();
    writeTwin(written(own.model(output)), to);
    expect(inspectModel(to)).toMatchObject({ outputs: [{ name: output }], blocks: [] });
    const bare = new TestGraph();
    expect(await outputOf(to, image)).toEqual(
      await outputOf(written(bare.model(mapIn(bare))), image),
    );
  });

  test.each([
    ["mobilenet_v3_small-17-free", 9, [1, 3, 64, 64]],
    ["efficientnet_b0-17", 16, [1, 3, 224, 224]],
  ] as const)("of %s has its SE's nodes and weights less, and runs", async (name, cut, dims) => {
    await withExport(name, async (from) => {
      const to = newPath();
      expect(writeTwin(from, to)).toEqual({ path: to, cut, left: [] });
      const [before, after] = [inspectModel(from), inspectModel(to)];
      expect(after.blocks).toEqual([]);
      // PyTorch's exporter shares vectors of zeros between layers of SE and others, and these stay.
      const matrices = before.blocks.reduce(
        (sum, { channels, reduction }) => sum + (2 * channels! * channels!) / reduction!,
        0,
      );
      const lost = before.parameters - after.parameters;
      expect(lost).toBeGreaterThanOrEqual(matrices);
      expect(lost).toBeLessThanOrEqual(before.se.parameters);
      const count = ({ operators }: typeof before, op: string) =>
        operators.find((each) => each.op === op)?.count ?? 0;
      for (const op of ["GlobalAveragePool", "Conv"]) {
        expect(count(before, op) - count(after, op)).toBe(op === "Conv" ? 2 * cut : cut);
      }
      expect((await outputOf(to, dims)).length).toBe(1000);
    });
  });

  test("of PP-OCRv4's detection loses the residual sums, too, and its output keeps its size", async () => {
    const { detection } = await fetchOcrModels();
    const to = newPath();
    expect(writeTwin(detection, to)).toMatchObject({ cut: 10 });
    const sizes = parseInputSizes(["x=1x3x64x64"]);
    const counts = (path: string) =>
      new Map(inspectModel(path, sizes).operators.map(({ op, count }) => [op, count]));
    const [before, after] = [counts(detection), counts(to)];
    const lost = (op: string) => before.get(op)! - (after.get(op) ?? 0);
    expect(["GlobalAveragePool", "HardSigmoid", "Mul", "Conv", "Relu", "Add"].map(lost)).toEqual([
      10, 10, 10, 20, 10, 8,
    ]);
    const [plain, se] = [
      await outputOf(to, [1, 3, 64, 64]),
      await outputOf(detection, [1, 3, 64, 64]),
    ];
    expect(plain.length).toBe(se.length);
  });
});

describe("is refused where", () => {
  const classic = () => {
    const own = new TestGraph();
    const map = mapIn(own);
    return own.model(readIn(own, times(own, map, classicGate(own, map))));
  };

  test("it would be written over the model", () => {
    const from = written(classic());
    const before = readFileSync(from);
    expect(() => writeTwin(from, from)).toThrow(/never written over/);
    expect(readFileSync(from).equals(before)).toBe(true);
  });

  test("the model has no SE", () => {
    const own = new TestGraph();
    const to = newPath();
    expect(() => writeTwin(written(own.model(mapIn(own))), to)).toThrow(/has no SE block/);
    expect(existsSync(to)).toBe(false);
  });

  test("weights lie beside the model, and the twin would not", () => {
    const home = mkdtempSync(join(folder, "home-"));
    const own = new TestGraph();
    const map = mapIn(own);
    const last = times(own, map, classicGate(own, map));
    writeFileSync(join(home, "weights.bin"), new Uint8Array(4 * 32));
    const parts = {
      nodes: [...own.nodes, node("Conv", [last, "w"], ["y"], { kernel_shape: [1, 1] })],
      constants: [...own.constants, externalTensor("w", [4, 8, 1, 1], { location: "weights.bin" })],
      inputs: [valueInfo("image", [1, 3, 6, 6])],
      outputs: [valueInfo("y", null)],
    };
    const from = join(home, "model.onnx");
    writeFileSync(from, model(parts));
    expect(() => writeTwin(from, newPath())).toThrow(/are in files beside it/);
    expect(writeTwin(from, join(home, "plain.onnx"))).toMatchObject({ cut: 1 });
  });
});
