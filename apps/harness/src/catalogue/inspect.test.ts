import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  classicGate,
  mapIn,
  readIn,
  smallGraphModel,
  TestGraph,
  times,
} from "@sebench/models/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { benchHere } from "../testing/bench.ts";

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-inspect-"));
  path = join(folder, "mine.onnx");
  const own = new TestGraph(22);
  const map = mapIn(own);
  const last = readIn(own, times(own, map, classicGate(own, map)));
  await writeFile(path, own.model(last, ["n", 8, "h", "w"]));
});
afterAll(() => rm(folder, { recursive: true }));

test("inspect prints the blocks, and asks for the sizes that MACs need", async () => {
  const { code, stdout } = await benchHere("inspect", path);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^mine\.onnx: 1 SE block \(1 classic\)$/m);
  expect(stdout).toMatch(/--input image=1x3x224x224/);
  expect(stdout).toMatch(/Mul of Mul\d+ +classic +8 +4 +relu, sigmoid +Conv +42 \(/);
});

test("inspect writes a page, Markdown and JSON, which say the same", async () => {
  const out = join(folder, "out");
  const args = ["inspect", path, "--input", "image=1x3x6x6", "--out", out, "--json"];
  const { code, stdout } = await benchHere(...args);
  expect(code).toBe(0);
  const found = JSON.parse(await readFile(join(out, "inspection.json"), "utf8"));
  expect(JSON.parse(stdout)).toEqual(found);
  // 3x3 over 3 channels, two layers of 8x2, and 1x1 to 4 channels.
  expect(found).toMatchObject({ macs: 36 * 8 * 27 + 2 * 16 + 36 * 32, se: { macs: 32 } });
  for (const name of ["inspection.html", "inspection.md"]) {
    const page = await readFile(join(out, name), "utf8");
    expect(page).toContain("mine.onnx: 1 SE block");
    expect(page).toContain("opset 22 of GlobalAveragePool");
  }
});

test("inspect --twin writes the model without its SE", async () => {
  const twin = join(folder, "plain.onnx");
  expect(await benchHere("inspect", path, "--twin", twin)).toMatchObject({
    code: 0,
    stderr: expect.stringContaining("without 1 of its 1 SE blocks"),
  });
  expect((await benchHere("inspect", twin)).stdout).toMatch(/^plain\.onnx: no SE blocks$/m);
});

test("inspect reads a graph model of tfjs, and writes its twin", async () => {
  const model = join(folder, "model.json");
  const { json, bytes } = smallGraphModel();
  await writeFile(model, JSON.stringify(json));
  await writeFile(join(folder, "weights.bin"), bytes);
  const { code, stdout } = await benchHere("inspect", model);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^model\.json: 1 SE block \(1 classic\)$/m);
  expect(stdout).toMatch(
    /^product +classic +8 +4 +relu, hard-sigmoid +DepthwiseConv2dNative +32 /m,
  );
  expect(stdout).toContain("tfjs-web/wasm");
  const twin = join(folder, "plain.json");
  const cut = await benchHere("inspect", model, "--twin", twin);
  expect(cut.code).toBe(0);
  expect((await benchHere("inspect", twin)).stdout).toContain("no SE block");
});

test.each([
  [[join(tmpdir(), "sebench-no-such-file.onnx")], "there is no file"],
  [[tmpdir()], "is no file"],
  [[import.meta.filename], "is no ONNX model"],
])("%j is refused with exit code 2", async (args, message) => {
  const { code, stderr } = await benchHere("inspect", ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
