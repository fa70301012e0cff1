import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "@sebench/spec";
import { describe, expect, test } from "vitest";
import { channels, classicGate, mapIn, readIn, TestGraph, times } from "../testing/block-forms.ts";
import { inspectBytes } from "../testing/inspect-bytes.ts";
import {
  externalTensor,
  float,
  graph,
  model,
  modelFunction,
  node,
  tensor,
  valueInfo,
} from "../testing/onnx-writer.ts";
import { readModel } from "./read-model.ts";

/** A small model with one classic block. */
function classicModel(): Uint8Array {
  const own = new TestGraph();
  const map = mapIn(own);
  return own.model(readIn(own, times(own, map, classicGate(own, map))));
}

function refusal(bytes: Uint8Array, beside: Readonly<Record<string, Uint8Array>> = {}): InputError {
  try {
    inspectBytes(bytes, { beside });
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).message).not.toContain("\n");
    expect((error as InputError).remedy).not.toBeNull();
    return error as InputError;
  }
  throw new Error("it was not refused");
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const [image, out] = [valueInfo("x", [1, 3, 8, 8]), valueInfo("y", null)];
const relu = (from: string, to: string) => node("Relu", [from], [to]);

describe("a file is refused in one sentence that is", () => {
  test.each([
    ["text", bytesOf("hello there, this is no model"), /is no ONNX model/],
    ["nothing", new Uint8Array(0), /has no graph/],
    ["a pointer of Git LFS", bytesOf("version https://git-lfs.github.com/spec/v1\n"), /Git LFS/],
    ["a page", bytesOf("<!doctype html>"), /markup/],
    ["a zip file", bytesOf("PK\u0003\u0004..."), /PyTorch/],
    ["JSON", bytesOf('{"format": "graph-model"}'), /JSON/],
    ["cut off", classicModel().subarray(0, 900), /cut off/],
    [
      "a graph with a cycle",
      model({
        nodes: [node("Add", ["x", "b"], ["a"]), relu("a", "b"), relu("b", "y")],
        inputs: [image],
        outputs: [out],
      }),
      /has a cycle: node Add of a/,
    ],
    [
      "a graph with a missing initializer",
      model({ nodes: [node("Add", ["x", "weights"], ["y"])], inputs: [image], outputs: [out] }),
      /node Add of y reads weights, which no node/,
    ],
    [
      "a graph whose output nothing gives",
      model({ nodes: [relu("x", "a")], inputs: [image], outputs: [out] }),
      /an output of the graph reads y/,
    ],
    [
      "a graph in which two nodes give one value",
      model({ nodes: [relu("x", "y"), relu("x", "y")], inputs: [image], outputs: [out] }),
      /two nodes give the value y/,
    ],
    [
      "a tensor that holds less than it says",
      model({
        nodes: [node("Add", ["x", "w"], ["y"])],
        constants: [tensor("w", [1000], [1])],
        inputs: [image],
        outputs: [out],
      }),
      /the tensor w has 1000 elements by its shape, and holds 4 bytes/,
    ],
    [
      "a file in onnxruntime's layout of one machine",
      model(
        {
          nodes: [node("Conv", ["x"], ["y"], {}, "com.microsoft.nchwc")],
          inputs: [image],
          outputs: [out],
        },
        { domains: { "com.microsoft.nchwc": 1 } },
      ),
      /saved by onnxruntime in the layout of one machine/,
    ],
  ])("%s", (_, bytes, message) => {
    expect(refusal(bytes).message).toMatch(message);
  });

  test("one whose lengths lie", () => {
    const bytes = classicModel();
    // The first field of a length is the producer's name, which now claims two gigabytes.
    const lying = Uint8Array.of(
      ...bytes.subarray(0, 3),
      0xff,
      0xff,
      0xff,
      0xff,
      0x07,
      ...bytes.subarray(4),
    );
    expect(refusal(lying).message).toMatch(/says that it ends at byte \d+, and what holds it ends/);
  });

  test("graphs nested without end", () => {
    let body = graph({ nodes: [relu("x", "y")], outputs: [out] });
    for (let depth = 0; depth < 40; depth++) {
      body = graph({
        nodes: [node("If", ["x"], ["y"], { then_branch: { graph: body } })],
        outputs: [out],
      });
    }
    const nested = node("If", ["x"], ["y"], { then_branch: { graph: body } });
    expect(refusal(model({ nodes: [nested], inputs: [image], outputs: [out] })).message).toMatch(
      /nested more than 16 deep/,
    );
  });

  test("functions that call each other without end, or give a million nodes", () => {
    const call = (name: string, from: string, to: string) => node(name, [from], [to], {}, "own");
    const twice = (name: string, inner: string) =>
      modelFunction("own", name, {
        inputs: ["a"],
        outputs: ["c"],
        nodes: [call(inner, "a", "b"), call(inner, "b", "c")],
      });
    const inputs = { nodes: [call("f0", "x", "y")], inputs: [image], outputs: [out] };
    const bomb = Array.from({ length: 25 }, (_, index) => twice(`f${index}`, `f${index + 1}`));
    const began = performance.now();
    expect(refusal(model(inputs, { functions: bomb, domains: { own: 1 } })).message).toMatch(
      /more than 200000 nodes/,
    );
    const circle = [twice("f0", "f0")];
    expect(refusal(model(inputs, { functions: circle, domains: { own: 1 } })).message).toMatch(
      /nested more than 32 deep/,
    );
    expect(performance.now() - began).toBeLessThan(2000);
  });
});

describe("weights in other files", () => {
  const reading = (place: Readonly<Record<string, string>>) =>
    model({
      nodes: [node("Conv", ["x", "w"], ["y"], { kernel_shape: [1, 1] })],
      constants: [externalTensor("w", [4, 3, 1, 1], place)],
      inputs: [image],
      outputs: [out],
    });

  test("are counted without being read", () => {
    const bytes = reading({ location: "weights.bin", offset: "16", length: "48" });
    const found = inspectBytes(bytes, { beside: { "weights.bin": new Uint8Array(64) } });
    expect(found).toMatchObject({ parameters: 12, macs: 12 * 64, precision: "fp32" });
  });

  test.each([
    ["is not there", { location: "weights.bin" }, {}, /weights\.bin, is not there/],
    [
      "is too short",
      { location: "weights.bin", offset: "16" },
      { "weights.bin": new Uint8Array(63) },
      /ends at byte 63 and not at 64/,
    ],
    ["is above the folder", { location: "../weights.bin" }, {}, /not in the model's folder/],
    [
      "is named by a path from the root",
      { location: "/etc/passwd" },
      {},
      /not in the model's folder/,
    ],
    ["has a drive", { location: "C:weights.bin" }, {}, /not in the model's folder/],
    ["has no name", { location: "" }, {}, /not in the model's folder/],
    ["begins before its start", { location: "w", offset: "-1" }, {}, /offset of the tensor w/],
  ])("are refused where the file %s", (_, place, beside, message) => {
    expect(refusal(reading(place), beside).message).toMatch(message);
  });

  test("are refused where a link leads out of the folder", () => {
    const folder = mkdtempSync(join(tmpdir(), "sebench-link-"));
    try {
      writeFileSync(join(folder, "model.onnx"), reading({ location: "weights.bin" }));
      symlinkSync("/etc/passwd", join(folder, "weights.bin"));
      expect(() => readModel(join(folder, "model.onnx"))).toThrow(/not in the model's folder/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the graph is put into a form that can be walked:", () => {
  test("a model's own functions are replaced by their nodes, with attributes and defaults", () => {
    const own = new TestGraph();
    const map = mapIn(own);
    const functions = [
      modelFunction("own", "Squash", {
        inputs: ["a"],
        outputs: ["b"],
        attributes: ["slope"],
        nodes: [node("HardSigmoid", ["a"], ["b"], { alpha: { reference: "slope" } })],
      }),
      modelFunction("own", "Gate", {
        inputs: ["map", "w0", "w1"],
        outputs: ["gate"],
        nodes: [
          node("ReduceMean", ["map"], ["mean"], { axes: [2, 3] }),
          node("Conv", ["mean", "w0"], ["narrow"]),
          node("Relu", ["narrow"], ["active"]),
          node("Conv", ["active", "w1"], ["wide"]),
          node("Squash", ["wide"], ["gate"], { slope: float(0.25) }, "own"),
        ],
      }),
    ];
    const weights = [own.constant([2, channels, 1, 1]), own.constant([channels, 2, 1, 1])];
    const gate = own.add("Gate", [map, ...weights], {}, "own");
    const last = readIn(own, times(own, map, gate));
    const parts = {
      nodes: own.nodes,
      constants: own.constants,
      inputs: [valueInfo("image", [1, 3, 6, 6])],
      outputs: [valueInfo(last, null)],
    };
    const found = inspectBytes(model(parts, { functions, domains: { own: 1 } }));
    expect(found.blocks).toMatchObject([
      { kind: "classic", map, reduction: 4, activation: "relu", gate: "hard-sigmoid(0.25, 0.5)" },
    ]);
    expect(found.notes).toContainEqual(
      expect.stringMatching(/^2 calls of the model's own functions/),
    );
  });

  test("nodes are sorted where they stand in an order that does not run", () => {
    const own = new TestGraph();
    const map = mapIn(own);
    const last = readIn(own, times(own, map, classicGate(own, map)));
    own.nodes.reverse();
    const found = inspectBytes(own.model(last));
    expect(found.blocks).toMatchObject([{ kind: "classic", channels }]);
    expect(found.notes).toContainEqual(expect.stringMatching(/stood in no order that runs/));
  });

  test("blocks in the bodies of If are found, and told as such", () => {
    const own = new TestGraph();
    const map = mapIn(own);
    const inner = new TestGraph();
    const scaled = times(inner, map, classicGate(inner, map));
    const body = graph({
      nodes: inner.nodes,
      constants: inner.constants,
      outputs: [valueInfo(scaled, null)],
    });
    const other = graph({
      nodes: [node("Identity", [map], ["same"])],
      outputs: [valueInfo("same", null)],
    });
    const asked = own.constant([], 1);
    const chosen = own.add("If", [own.add("Cast", [asked], { to: 9 })], {
      then_branch: { graph: body },
      else_branch: { graph: other },
    });
    const found = inspectBytes(own.model(chosen));
    expect(found.blocks).toMatchObject([
      { kind: "classic", map, within: expect.stringMatching(/^If/) },
    ]);
    expect(found.notes).toContainEqual(expect.stringMatching(/stand in bodies of If of/));
  });
});

test.each(["hasOwnProperty", "constructor", "__proto__"])(
  "the operator %s is one like any other",
  (op) => {
    const nodes = [node(op, ["x"], ["a"]), node("Mul", ["x", "a"], ["y"])];
    const found = inspectBytes(model({ nodes, inputs: [image], outputs: [out] }));
    expect(found).toMatchObject({ macs: 0, blocks: [], obstacle: { node: `${op} ${op} of a` } });
  },
);

describe("sizes of inputs", () => {
  const free = () => {
    const own = new TestGraph();
    return own.model(readIn(own, mapIn(own)), ["n", channels, "h", "w"]);
  };

  test("give the MACs of a model whose lengths are free", () => {
    const perPixel = 3 * channels * 9 + channels * 4;
    expect(inspectBytes(free(), { sizes: ["image=2x3x10x5"] })).toMatchObject({
      macs: 2 * 10 * 5 * perPixel,
      inputs: [{ name: "image", type: "float32", shape: [2, 3, 10, 5] }],
    });
  });

  test("are asked for by name where they are missing", () => {
    const { macs, notes } = inspectBytes(free());
    expect(macs).toBeNull();
    expect(notes).toEqual([
      "Which sizes shall image ([n, 3, h, w]) have? MACs need them: --input image=1x3x224x224",
    ]);
  });

  test.each([
    [["image"], /--input is "image"/],
    [["image=1x3x0x8"], /--input is/],
    [["other=1x3x8x8"], /no input other/],
    [["image=1x3x8"], /is 1x3x8, and the model's input is \[n, 3, h, w\]/],
    [["image=1x4x8x8"], /and the model's input is/],
    [["image=1x3x8x8", "image=1x3x8x8"], /twice/],
  ])("%j are refused", (sizes, message) => {
    expect(() => inspectBytes(free(), { sizes })).toThrow(message);
  });
});
