import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { OkCase, RunRecord } from "@sebench/results";
import { beforeAll, expect, test } from "vitest";
import { openCheckpoint, requireSameWeights, seededRun, shippedRun } from "./pair-weights.ts";
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
  const paths = { se: relative(process.cwd(), path), plain: null, prefix: null };
  const opened = await openCheckpoint(paths, "se-resnet18", 64);
  expect(opened.network).toBe(network);
  expect(opened.source).toEqual({ kind: "checkpoint", se: path, plain: null, prefix: null });
  expect(opened.origin).toMatchObject({
    files: { se: { name: "se", keys: "legacy" }, plain: null },
  });
});

test("two files of other numbers of classes are refused", async () => {
  const se = await fileOf("ten", checkpointBytes("se-resnet8"));
  const plain = await fileOf("three", checkpointBytes("resnet8", { classes: 3 }));
  await expect(openCheckpoint({ se, plain, prefix: null }, "se-resnet8", null)).rejects.toThrow(
    `${plain} has 3 classes, and its counterpart with SE 10`,
  );
});

test("a plain member's file that is of a network with SE is refused", async () => {
  const se = await fileOf("with-se", checkpointBytes("se-resnet8"));
  await expect(openCheckpoint({ se, plain: se, prefix: null }, "se-resnet8", null)).rejects.toThrow(
    `${se} does not fit resnet8: 12 too many: `,
  );
});

const small = { plain: "resnet8", network: "se-resnet8", imageSize: 32 };
const large = { plain: "resnet50", network: "se-resnet50", imageSize: 224 };

test("weights that ship are trained where there are any, and seeded elsewhere", async () => {
  const { source, origin } = await shippedRun(5)(small);
  expect(source).toEqual({ kind: "trained" });
  expect(origin).toMatchObject({ kind: "trained", dataset: "fashion-mnist" });
  for (const pair of [
    large,
    { ...small, imageSize: 28 },
    { ...small, network: "se-resnet8{r=4}" },
  ]) {
    expect((await shippedRun(5)(pair)).source).toEqual({ kind: "seeded", seed: 5 });
  }
});

function runWith(weights: OkCase["weights"]): RunRecord {
  const record = { ...small, status: "ok", weights } as OkCase;
  return { cases: [record] } as unknown as RunRecord;
}

const hash = { plain: "1".repeat(64), se: "2".repeat(64) };

test("a run that was seeded throughout goes on with --weights seeded, and only so", async () => {
  const run = runWith({ kind: "seeded", seed: 5, hash });
  await requireSameWeights(run, seededRun(5), "old");
  await expect(requireSameWeights(run, shippedRun(5), "old")).rejects.toThrow(
    expect.objectContaining({
      message: expect.stringContaining("started with weights seeded with 5, not trained on"),
      remedy: expect.stringContaining("--weights seeded"),
    }),
  );
});

test("a run with trained weights goes on without --weights", async () => {
  const { origin } = await shippedRun(5)(small);
  const run = runWith({ hash, ...origin } as OkCase["weights"]);
  await requireSameWeights(run, shippedRun(5), "old");
  await expect(requireSameWeights(run, seededRun(5), "old")).rejects.toThrow(
    expect.objectContaining({ remedy: expect.stringContaining("leave --weights out") }),
  );
});

test("a run whose trained weights have changed since does not go on", async () => {
  const run = runWith({ kind: "trained", dataset: "fashion-mnist", hash });
  await expect(requireSameWeights(run, shippedRun(5), "old")).rejects.toThrow("SE 2222");
});
