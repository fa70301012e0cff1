import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeSafetensors } from "@sebench/weights";
import { afterAll, expect, test } from "vitest";
import type { ModelInput } from "./image-layout.ts";
import { readStoredInputs, requireAllUsed, runsOfArrays, sizesInArrays } from "./stored-inputs.ts";

const folder = mkdtempSync(join(tmpdir(), "sebench-inputs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const golden = (name: string) => join(import.meta.dirname, "../../golden", name);
const image = (shape: readonly number[]): ModelInput => ({ name: "image", type: "float32", shape });
const count: ModelInput = { name: "count", type: "int64", shape: [2] };

function keepFloats(name: string, tensors: Readonly<Record<string, readonly number[]>>): string {
  const path = join(folder, name);
  const stored = Object.entries(tensors).map(
    ([key, shape]) =>
      [
        key,
        {
          dtype: "F32" as const,
          shape,
          bytes: new Uint8Array(
            Float32Array.from({ length: shape.reduce((size, dim) => size * dim, 1) }, (_, at) => at)
              .buffer,
          ),
        },
      ] as const,
  );
  writeFileSync(path, writeSafetensors(new Map(stored)));
  return path;
}

test("arrays are given to the inputs of their names, and the source has their hash", async () => {
  const stored = await readStoredInputs([golden("plain.npz")]);
  const [run, ...others] = runsOfArrays(stored, "m.onnx", [image([1, 2, 3]), count]);
  expect(others).toEqual([]);
  expect(run!.map(({ name }) => name)).toEqual(["image", "count"]);
  expect(run![1]!.data).toEqual(BigInt64Array.from([1n, -2n]));
  expect(stored.source).toMatch(/^plain\.npz \(SHA-256 [0-9a-f]{12}\)$/);
});

test("an array that is longer along its first axis holds several runs", async () => {
  const stored = await readStoredInputs([keepFloats("two.safetensors", { x: [4, 3], y: [1] })]);
  const runs = runsOfArrays(stored, "m.onnx", [
    { name: "x", type: "float32", shape: [2, 3] },
    { name: "y", type: "float32", shape: [1] },
  ]);
  expect(runs.map(([x]) => x!.data)).toEqual([
    Float32Array.of(0, 1, 2, 3, 4, 5),
    Float32Array.of(6, 7, 8, 9, 10, 11),
  ]);
  expect(runs.map(([, y]) => y!.data[0])).toEqual([0, 0]);
});

test("a file of one array feeds the only input, and gives its free sizes", async () => {
  const stored = await readStoredInputs([golden("image.npy")]);
  const free = { name: "image", shape: ["n", 2, "width"] };
  expect(sizesInArrays(stored, "m.onnx", [free])).toEqual([["image", [1, 2, 3]]]);
  expect(sizesInArrays(stored, "m.onnx", [{ name: "image", shape: ["n", 5, "w"] }])).toEqual([]);
  expect(runsOfArrays(stored, "m.onnx", [image([1, 2, 3])])).toHaveLength(1);
  const two = [image([1, 2, 3]), count];
  expect(() => runsOfArrays(stored, "m.onnx", two)).toThrow("names no input");
});

test("a length that the model fixes is kept where an array holds several runs", async () => {
  const stored = await readStoredInputs([keepFloats("runs.safetensors", { x: [4, 3] })]);
  const sizes = (shape: readonly unknown[]) =>
    sizesInArrays(stored, "m.onnx", [{ name: "x", shape }]);
  expect(sizes([2, "n"])).toEqual([["x", [2, 3]]]);
  expect(sizes([3, "n"])).toEqual([]);
});

test.each<[string, ModelInput[], string]>([
  ["another shape", [image([1, 2, 4]), count], "image as [1, 2, 3], and m.onnx takes [1, 2, 4]"],
  [
    "another type",
    [image([1, 2, 3]), { ...count, type: "int32" }],
    "count in int64, and m.onnx takes int32",
  ],
  [
    "no array",
    [image([1, 2, 3]), count, { ...count, name: "mask" }],
    "no array for the input mask",
  ],
])("%s is refused", async (_what, inputs, message) => {
  const stored = await readStoredInputs([golden("plain.npz")]);
  expect(() => runsOfArrays(stored, "m.onnx", inputs)).toThrow(message);
});

test("numbers of runs that differ are refused", async () => {
  const stored = await readStoredInputs([keepFloats("uneven.safetensors", { x: [2], y: [3] })]);
  const inputs = ["x", "y"].map((name): ModelInput => ({ name, type: "float32", shape: [1] }));
  expect(() => runsOfArrays(stored, "m.onnx", inputs)).toThrow("2 runs of x and 3 of y");
});

test("a name that no model has is refused", async () => {
  const stored = await readStoredInputs([golden("plain.npz")]);
  expect(() => requireAllUsed(stored, ["image"])).toThrow("no model has an input count");
});

test.each([
  ["a file that is not there", join(folder, "none.npz"), "there is no file"],
  ["a file of another kind", golden("../package.json"), "is none of .npy, .npz, .safetensors"],
])("%s is refused", async (_what, path, message) => {
  await expect(readStoredInputs([path])).rejects.toThrow(message);
});

test("a damaged zip file is refused, and a name that two files have", async () => {
  const broken = join(folder, "broken.npz");
  writeFileSync(broken, "no zip file");
  await expect(readStoredInputs([broken])).rejects.toThrow("broken.npz cannot be read");
  const twice = [golden("image.npy"), golden("image.npy")];
  await expect(readStoredInputs(twice)).rejects.toThrow("two files of --inputs have");
});
