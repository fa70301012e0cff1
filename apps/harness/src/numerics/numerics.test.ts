import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TestGraph } from "@sebench/models/testing";
import type { HalfStudy } from "@sebench/report";
import { afterAll, expect, test } from "vitest";
import { benchHere } from "../testing/bench.ts";

const numerics = (...flags: string[]) => benchHere("numerics", "--network", ...flags);

test("each mean of a network is told with its margin, and exit code 1 where one is not right", async () => {
  const { code, stdout } = await numerics("se-resnet8", "--images", "1", "--json");
  const { blocks, logits, weights } = JSON.parse(stdout) as HalfStudy;
  expect(weights).toBe("trained on fashion-mnist");
  expect(blocks.map(({ node }) => node)).toEqual([
    "stage2/block0/squeeze/pool",
    "stage3/block0/squeeze/pool",
    "stage4/block0/squeeze/pool",
    "head/pool",
  ]);
  for (const { margin } of blocks) expect(margin).toBeGreaterThan(1);
  expect(logits.every(({ pass }) => pass)).toBe(true);
  // One sum of 1,024 values after the other loses what the lowering keeps.
  expect(blocks[0]!.orders.sequential.verdict).toBe("inexact");
  expect(code).toBe(1);
  const scaled = await numerics("se-resnet8", "--images", "1", "--lowering", "squeeze-scaled");
  expect({ code: scaled.code, safe: scaled.stdout.includes("SE is safe in fp16") }).toEqual({
    code: 0,
    safe: true,
  });
}, 60_000);

const folder = mkdtempSync(join(tmpdir(), "sebench-numerics-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("each mean of an exported file has the file's own name", async () => {
  const path = join(folder, "own.onnx");
  await benchHere("export", "--network", "se-resnet8", "--out", path);
  const { stdout } = await benchHere("numerics", "--model", path, "--json");
  const { blocks, network, logits } = JSON.parse(stdout) as HalfStudy;
  expect(network).toBe("own.onnx");
  expect(blocks.map(({ node, pixels }) => [node, pixels])).toEqual([
    ["stage2/block0/squeeze/pool", 1024],
    ["stage3/block0/squeeze/pool", 256],
    ["stage4/block0/squeeze/pool", 64],
    ["head/pool", 64],
  ]);
  expect(logits[0]!.mean).toBe("one rounding");
}, 60_000);

test.each<[string, readonly string[], string]>([
  ["neither a network nor a model", [], "--model FILE.onnx"],
  ["both", ["--network", "se-resnet8"], "leave --network out"],
  ["a file whose output is a map", [], "is not imported"],
])(
  "refuses %s",
  async (what, flags, cause) => {
    const path = join(folder, "map.onnx");
    const graph = new TestGraph();
    writeFileSync(path, graph.model(graph.conv("image", 3, 4), [1, 4, 8, 8]));
    const model = what.startsWith("neither") ? [] : ["--model", path];
    const { code, stderr } = await benchHere("numerics", ...model, ...flags);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(cause) });
  },
  60_000,
);

test.each([
  [["se-resnet8", "--block", "stage7/block0"], "no block stage7/block0"],
  [["se-resnet8", "--precision", "fp8"], "fp8"],
  [["se-resnet8", "--precision", "int8"], "bench bisect --precision int8"],
  [["se-resnet8", "--lowering", "squeeze-scale"], "squeeze-scale"],
  [["resnet8", "--block", "stage2/block0"], "no block stage2/block0"],
])("refuses %j in one sentence", async (flags, cause) => {
  const { code, stderr } = await numerics(...(flags as [string]));
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(cause) });
  expect(stderr.trim().split("\n").length).toBeLessThan(5);
});
