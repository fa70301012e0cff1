import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lower } from "@sebench/lowering";
import { runReference } from "@sebench/reference";
import {
  applied,
  convolutions,
  groupedConvolutions,
  otherOperators,
  pools,
  relativeError,
  testImages,
} from "@sebench/reference/testing";
import { buildNetwork, inputShape, type Network, type Tensor } from "@sebench/spec";
import { encodeTflite, readTflite } from "@sebench/tflite";
import { withOperator } from "@sebench/tflite/testing";
import { seededWeights } from "@sebench/weights";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inspectModel } from "../inspect/inspect-model.ts";
import { fetchSelfieModels } from "../testing/real-files.ts";
import { runOnnx } from "../testing/run-onnx.ts";
import { writeTwin } from "../twin/cut-blocks.ts";
import { tfliteAsOnnx } from "../twin/tflite-as-onnx.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sebench-tflite-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("MediaPipe's models that cut people out", () => {
  // Channels and widths as the shapes of the layers' filters have them.
  const gates = [
    ["classic", 16, 8, "relu"],
    ["classic", 96, 24, "relu"],
    ["classic", 128, 32, "relu"],
    ["classic", 128, 32, "relu"],
    ["classic", 96, 24, "relu"],
    ["classic", 96, 24, "relu"],
    ["other-tensor", 128, null, null],
    ["other-tensor", 24, 24, "relu"],
    ["other-tensor", 16, 16, "relu"],
    ["other-tensor", 16, 16, "relu"],
  ];

  test.each([
    ["square", "AVERAGE_POOL_2D", 256],
    ["landscape", "MEAN", 144],
  ] as const)(
    "%s has 6 classic blocks, and 4 gates on other tensors",
    async (name, squeeze, height) => {
      const found = inspectModel((await fetchSelfieModels())[name]);
      expect(found).toMatchObject({ format: "tflite", precision: "fp16", nodes: 246 });
      expect(found.inputs).toMatchObject([{ type: "float32", shape: [1, height, 256, 3] }]);
      expect(
        found.blocks.map(({ kind, channels, reduction, activation }) => [
          kind,
          channels,
          reduction && channels! / reduction,
          activation,
        ]),
      ).toEqual(gates);
      const [first] = found.blocks;
      expect(first!.chain.join(" ")).toBe(`${squeeze} CONV_2D RELU CONV_2D LOGISTIC MUL`);
      expect(first).toMatchObject({ gate: "sigmoid", map: "re_lu_1", nodes: expect.any(Array) });
      expect(first!.readers).toEqual(["CONV_2D conv2d_4"]);
    },
  );

  test.each(["square", "landscape"] as const)("%s has a twin without a gate", async (name) => {
    const from = (await fetchSelfieModels())[name];
    const to = join(folder, `${name}.tflite`);
    expect(writeTwin(from, to)).toEqual({ path: to, cut: 10, left: [] });
    const [found, twin] = [inspectModel(from), inspectModel(to)];
    expect(twin.blocks).toEqual([]);
    const count = ({ operators }: typeof found, kind: string) =>
      operators.find(({ op }) => op === kind)?.count ?? 0;
    // The last LOGISTIC is the output's; each gate has two layers, but for the head's with one.
    const gone = { MUL: 10, LOGISTIC: 10, RELU: 9, CONV_2D: 19, DEQUANTIZE: 38 };
    for (const [kind, times] of Object.entries(gone)) {
      expect([kind, count(found, kind) - count(twin, kind)]).toEqual([kind, times]);
    }
    expect(twin.outputs).toEqual(found.outputs);
  });
});

/** What a network's file gives as ONNX on onnxruntime, for images with their channels first. */
async function runAsOnnx(bytes: Uint8Array, { shape, data }: Tensor): Promise<Float32Array> {
  const [batch, channels, height, width] = shape as [number, number, number, number];
  const last = data.map((_, at) => {
    const [pixel, channel] = [Math.floor(at / channels), at % channels];
    const image = Math.floor(pixel / (height * width));
    return data[(image * channels + channel) * height * width + (pixel % (height * width))]!;
  });
  const path = join(folder, "network.tflite");
  writeFileSync(path, bytes);
  const onnx = join(folder, "network.onnx");
  writeFileSync(onnx, tfliteAsOnnx(path));
  return runOnnx(onnx, [batch, height, width, channels], last);
}

async function errorOf(network: Network, lowering = "conv1x1"): Promise<number> {
  const weights = seededWeights(network, 1);
  const images = testImages(1, inputShape(network));
  const bytes = encodeTflite(lower(network, weights, lowering), { batch: 1 });
  return relativeError(await runAsOnnx(bytes, images), runReference(network, weights, images));
}

describe("a file gives as ONNX what the oracle gives", () => {
  test.each([
    ...convolutions.map(([name, op]) => [name, applied([16, 11, 9], op)] as const),
    ...groupedConvolutions.map(
      ([name, channels, op]) => [name, applied([channels, 9, 8], op)] as const,
    ),
    ...pools.map(([name, op]) => [name, applied([4, 9, 10], op)] as const),
    ...otherOperators,
  ])("%s", async (_name, network) => {
    expect(await errorOf(network)).toBeLessThan(1e-5);
  });

  test.each(["gemm", "conv1x1", "reduce-mean"])("se-resnet8 as %s", async (lowering) => {
    expect(await errorOf(buildNetwork("se-resnet8"), lowering)).toBeLessThan(1e-5);
  });
});

test("a twin gives what the network gives whose gates are all 1", async () => {
  const network = buildNetwork("se-resnet8");
  // The sigmoid of 100 is 1 in float32.
  const open = new Map(
    [...seededWeights(network, 1)].map(([name, tensor]) => {
      const isGate = /fc2|excite/.test(name);
      const value = name.endsWith("bias") ? 100 : 0;
      return [name, isGate ? { ...tensor, data: tensor.data.map(() => value) } : tensor];
    }),
  );
  const images = testImages(1, inputShape(network));
  const from = join(folder, "se.tflite");
  const to = join(folder, "plain.tflite");
  writeFileSync(from, encodeTflite(lower(network, open, "gemm"), { batch: 1 }));
  expect(writeTwin(from, to).cut).toBe(3);
  const logits = await runAsOnnx(readFileSync(to), images);
  expect(relativeError(logits, runReference(network, open, images))).toBeLessThan(1e-5);
});

test("an operator that is not written is named", () => {
  const network = buildNetwork("se-resnet8");
  const bytes = encodeTflite(lower(network, seededWeights(network, 1), "gemm"), { batch: 1 });
  const path = join(folder, "other.tflite");
  writeFileSync(path, withOperator(bytes, "LOGISTIC", "RELU_0_TO_1"));
  expect(inspectModel(path).runtimes[0]).toMatchObject({ runtime: "litert-web/wasm", takes: "no" });
  writeFileSync(path, withOperator(bytes, "LOGISTIC", "GELU"));
  expect(() => tfliteAsOnnx(path)).toThrow(/GELU stage/);
});

test("a file is told as what it is where it is cut off", async () => {
  const { square } = await fetchSelfieModels();
  const path = join(folder, "cut.tflite");
  writeFileSync(path, readFileSync(square).subarray(0, 1000));
  expect(() => inspectModel(path)).toThrow(`${path}: the file is cut off or damaged`);
});

test("the weights in halves are widened by nodes that are seen through", () => {
  const network = buildNetwork("se-resnet8");
  const lowered = lower(network, seededWeights(network, 1), "gemm");
  const path = join(folder, "halves.tflite");
  writeFileSync(path, encodeTflite(lowered, { batch: 1, precision: "fp16" }));
  const { operators } = readTflite(readFileSync(path));
  expect(operators.some(({ name }) => name === "DEQUANTIZE")).toBe(true);
  const found = inspectModel(path);
  expect(found.blocks.map(({ channels, kind }) => [channels, kind])).toEqual([
    [16, "classic"],
    [32, "classic"],
    [64, "classic"],
  ]);
  expect(found.precision).toContain("fp16");
});
