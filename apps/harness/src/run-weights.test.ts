import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { openCheckpoint } from "./run-weights.ts";
import { checkpointBytes, legacyKeys } from "./testing/checkpoint-bytes.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-run-weights-"));
});

async function fileOf(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

test("a pair has the layout of its file's keys, and jobs are told whole paths", async () => {
  const network = "se-resnet18{layout=timm-legacy}";
  const path = await fileOf("se", checkpointBytes(network, { change: legacyKeys }));
  const paths = { se: relative(process.cwd(), path), plain: null };
  const opened = await openCheckpoint(paths, "se-resnet18", 64);
  expect(opened.network).toBe(network);
  expect(opened.source).toEqual({ kind: "checkpoint", se: path, plain: null });
  expect(opened.origin).toMatchObject({
    files: { se: { name: "se", keys: "legacy" }, plain: null },
  });
});

test("two files of other numbers of classes are refused", async () => {
  const se = await fileOf("ten", checkpointBytes("se-resnet8"));
  const plain = await fileOf("three", checkpointBytes("resnet8", { classes: 3 }));
  await expect(openCheckpoint({ se, plain }, "se-resnet8", null)).rejects.toThrow(
    `${plain} has 3 classes, and its counterpart with SE 10`,
  );
});

test("a plain member's file that is of a network with SE is refused", async () => {
  const se = await fileOf("with-se", checkpointBytes("se-resnet8"));
  await expect(openCheckpoint({ se, plain: se }, "se-resnet8", null)).rejects.toThrow(
    `${se} does not fit resnet8: 12 too many: `,
  );
});
