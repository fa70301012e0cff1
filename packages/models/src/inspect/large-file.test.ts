import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testsAll } from "@sebench/reference/testing";
import protobuf from "protobufjs/minimal.js";
import { expect, test } from "vitest";
import { graph, node, valueInfo } from "../testing/onnx-writer.ts";
import { inspectModel } from "./inspect-model.ts";

const [rows, columns] = [36_000, 16_384];

/** A model whose only weights take 2.2 GiB, as a file with a hole in their place. */
function writeLarge(path: string): void {
  const bytes = 4 * rows * columns;
  const varint = (value: number) => protobuf.Writer.create().uint64(value).finish();
  const tensor = Buffer.concat([
    Buffer.from([8, ...varint(rows), 8, ...varint(columns), 16, 1, 0x42, 1, 0x77]),
    Buffer.from([0x4a, ...varint(bytes)]),
  ]);
  const field = Buffer.from([0x2a, ...varint(tensor.length + bytes)]);
  const rest = graph({
    nodes: [node("Gemm", ["x", "w"], ["y"], { transB: 1 })],
    inputs: [valueInfo("x", [1, columns])],
    outputs: [valueInfo("y", null)],
  });
  const length = rest.length + field.length + tensor.length + bytes;
  const opset = Buffer.from([0x42, 2, 16, 17]);
  const head = Buffer.concat([opset, Buffer.from([0x3a, ...varint(length)]), rest, field, tensor]);
  const file = openSync(path, "w");
  writeSync(file, head);
  closeSync(file);
  truncateSync(path, head.length + bytes);
}

// Its SHA-256 takes some ten seconds.
test.skipIf(!testsAll)("a file above 2 GiB is read without its weights", () => {
  const folder = mkdtempSync(join(tmpdir(), "sebench-large-"));
  try {
    const path = join(folder, "large.onnx");
    writeLarge(path);
    const before = process.memoryUsage.rss();
    const found = inspectModel(path);
    expect(found).toMatchObject({ parameters: rows * columns, macs: rows * columns, nodes: 1 });
    expect(found.bytes).toBeGreaterThan(2 ** 31);
    expect(process.memoryUsage.rss() - before).toBeLessThan(200e6);
    // onnxruntime says "Protobuf parsing failed" of it.
    expect(new Set(found.runtimes.map(({ takes }) => takes))).toEqual(new Set(["no"]));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
