import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  importModel,
  inspectModel,
  parseInputSizes,
  readModel,
  tfliteAsOnnx,
  writeModel,
  writeTwin,
} from "@sebench/models";
import {
  activations,
  classicGate,
  fromWireTree,
  gates,
  graph,
  graphSqueezes,
  layers,
  mapIn,
  model,
  modelFunction,
  node,
  readIn,
  smallGraphModel,
  squeezes,
  TestGraph,
  times,
  valueInfo,
  wireTree,
} from "@sebench/models/testing";
import { inspectionHtml, inspectionMarkdown, inspectionTable } from "@sebench/report";
import { lower } from "@sebench/lowering";
import { buildNetwork } from "@sebench/spec";
import { encodeTflite } from "@sebench/tflite";
import { seededWeights } from "@sebench/weights";
import type { Seed } from "../mutation/mutate.ts";
import { fromFile, fromText, type OpenReaders } from "./reader.ts";

export const open: OpenReaders = (folder) => [
  {
    name: "models/onnx",
    seeds: [...everyForm(), withFunctions(), withBodies()].flatMap(seedsOf),
    read: fromFile(folder, "model.onnx", (path) => {
      const found = inspectModel(path);
      return {
        html: inspectionHtml(found),
        markdown: inspectionMarkdown(found),
        table: inspectionTable(found, { color: false, width: 100 }),
      };
    }),
  },
  {
    name: "models/tfjs",
    seeds: graphSqueezes.map((squeeze) => ({
      form: "json",
      content: JSON.stringify(smallGraphModel(squeeze).json),
    })),
    read: besideWeights(join(folder, "graph"), (path) => {
      const found = inspectModel(path);
      return { html: inspectionHtml(found), markdown: inspectionMarkdown(found) };
    }),
  },
  {
    name: "models/tflite",
    seeds: tfliteSeeds(),
    read: fromFile(folder, "model.tflite", (path) => {
      const found = inspectModel(path);
      return {
        html: inspectionHtml(found),
        markdown: inspectionMarkdown(found),
        table: inspectionTable(found, { color: false, width: 100 }),
      };
    }),
  },
  {
    name: "models/tflite-twin",
    seeds: tfliteSeeds(),
    read: fromFile(folder, "se.tflite", (path) => {
      const twin = join(folder, "plain.tflite");
      rmSync(twin, { force: true });
      writeTwin(path, twin);
      inspectModel(twin);
      tfliteAsOnnx(twin);
    }),
  },
  {
    name: "models/import",
    seeds: everyForm().map(inStructure),
    read: fromFile(folder, "imported.onnx", (path) => void importModel(path)),
  },
  {
    name: "models/twin",
    seeds: everyForm().map(inStructure),
    read: fromFile(folder, "se.onnx", (path) => {
      const [copy, twin] = [join(folder, "copy.onnx"), join(folder, "plain.onnx")];
      for (const file of [copy, twin]) rmSync(file, { force: true });
      // What was written is a model, too, whatever it was made of, and a copy is the same one.
      writeModel(readModel(path), copy);
      const [one, other] = [path, copy].map((file) => JSON.stringify(inspectModel(file).operators));
      if (one !== other) throw new Error("a copy has other operators");
      writeTwin(path, twin);
      inspectModel(twin);
    }),
  },
  {
    name: "models/sizes",
    seeds: [{ form: "lines", content: "x=1x3x640x640\ninput.1=2x80" }],
    read: fromText((text) => void parseInputSizes(text.split("\n"))),
  },
];

/** Makes a function that reads a model.json beside the file of its weights. */
function besideWeights<Read>(folder: string, read: (path: string) => Read) {
  const fromJson = fromFile(folder, "model.json", read);
  writeFileSync(join(folder, "weights.bin"), smallGraphModel().bytes);
  return fromJson;
}

/** A model as bytes, and three times as its fields, of which hardly any input is refused at once. */
function seedsOf(content: Uint8Array): Seed[] {
  const fields = inStructure(content);
  return [{ form: "bytes", content }, fields, fields, fields];
}

/** A model as the fields of its messages, whose lengths are right again after a change. */
function inStructure(file: Uint8Array): Seed {
  const wrap = (content: Uint8Array) => {
    try {
      return fromWireTree(JSON.parse(new TextDecoder().decode(content)));
    } catch {
      return content;
    }
  };
  return { form: "json", content: JSON.stringify(wireTree(file)), wrap };
}

/** A model for each form of a squeeze, of layers, of an activation and of a gate. */
function everyForm(): Uint8Array[] {
  const relu = activations["relu"]![0]!;
  const convs = layers["1x1 Conv"]!;
  const build = (
    opset: number,
    gate: (own: TestGraph, map: string) => string,
    dims?: readonly (number | string)[],
  ) => {
    const own = new TestGraph(opset);
    const map = mapIn(own);
    return own.model(readIn(own, times(own, map, gate(own, map))), dims);
  };
  return [
    build(17, classicGate, ["batch", 8, "height", "width"]),
    ...Object.values(squeezes).map(({ step, opset = 17 }) =>
      build(opset, (own, map) => convs(relu)(own, step(own, map))),
    ),
    ...Object.values(layers).map((layer) =>
      build(17, (own, map) => layer(relu)(own, own.add("GlobalAveragePool", [map]))),
    ),
    ...[...Object.values(activations), ...Object.values(gates)]
      .flat()
      .map((step) =>
        build(11, (own, map) => step(own, convs(step)(own, own.add("GlobalAveragePool", [map])))),
      ),
  ];
}

/** A model whose gate is a function of its own. */
function withFunctions(): Uint8Array {
  const own = new TestGraph();
  const map = mapIn(own);
  const gate = own.add("Gate", [map, own.constant([8, 8, 1, 1])], {}, "own");
  const called = modelFunction("own", "Gate", {
    inputs: ["map", "weights"],
    outputs: ["gate"],
    nodes: [
      node("GlobalAveragePool", ["map"], ["pooled"]),
      node("Conv", ["pooled", "weights"], ["wide"]),
      node("Sigmoid", ["wide"], ["gate"]),
    ],
  });
  const last = readIn(own, times(own, map, gate));
  const parts = {
    nodes: own.nodes,
    constants: own.constants,
    inputs: [valueInfo("image", [1, 3, 6, 6])],
    outputs: [valueInfo(last, null)],
  };
  return model(parts, { functions: [called], domains: { own: 1 } });
}

/** A model with a block in the body of an If. */
function withBodies(): Uint8Array {
  const own = new TestGraph();
  const map = mapIn(own);
  const inner = new TestGraph();
  const scaled = times(inner, map, classicGate(inner, map));
  const { nodes, constants } = inner;
  const chosen = own.add("If", [own.add("Cast", [own.constant([], 1)], { to: 9 })], {
    then_branch: { graph: graph({ nodes, constants, outputs: [valueInfo(scaled, null)] }) },
    else_branch: {
      graph: graph({ nodes: [node("Relu", [map], ["same"])], outputs: [valueInfo("same", null)] }),
    },
  });
  return own.model(chosen);
}

/** Small networks with SE as TensorFlow Lite models, in each precision of their weights. */
function tfliteSeeds(): Seed[] {
  const network = buildNetwork("se-resnet8{r=4}", { imageSize: 8 });
  const lowered = lower(network, seededWeights(network, 1), "gemm");
  return (["fp32", "fp16"] as const).map((precision) => ({
    form: "bytes",
    content: encodeTflite(lowered, { batch: 1, precision }),
  }));
}
