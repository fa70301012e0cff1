import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mapIn, TestGraph } from "@sebench/models/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { modulesLoaded } from "../testing/modules-loaded.ts";

const record = fileURLToPath(
  new URL("../../../../packages/report/fixtures/run.json", import.meta.url),
);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sebench-loads-"));
  const base = JSON.parse(await readFile(record, "utf8")) as { readonly run: object };
  const head = { ...base, run: { ...base.run, id: "head" } };
  await writeFile(join(folder, "head.json"), JSON.stringify(head));
  const model = new TestGraph();
  await writeFile(join(folder, "model.onnx"), model.model(mapIn(model)));
});
afterAll(() => rm(folder, { recursive: true }));

/** What drives or builds for an engine: a command that only reads records needs none of it. */
const heavy =
  /\/(playwright|playwright-core|vite|rolldown|sharp|onnxruntime-\w+|@tensorflow)\/|packages\/(hosts\/src\/(?!host\/runtimes)|jobs|onnx|onnxruntime|tfjs|reference|runtime-[\w-]+\/src\/(?!runtime|index))/;

test("an export asks the engine in a process of its own", async () => {
  const out = join(folder, "resnet.onnx");
  const asked = ["export", "--network", "se-resnet8", "--lowering", "gate-resize", "--out", out];
  const modules = await modulesLoaded(...asked);
  expect(modules.filter((url) => /node_modules\/onnxruntime-node\//.test(url))).toEqual([]);
});

test.each([
  ["list --json", () => ["list", "--json"]],
  ["inspect", () => ["inspect", join(folder, "model.onnx"), "--out", join(folder, "inspection")]],
  ["merge", () => ["merge", record, "--out", join(folder, "merged")]],
  ["report", () => ["report", record, "--format", "markdown"]],
  ["compare", () => ["compare", record, join(folder, "head.json")]],
  ["record", () => ["record", record, "--history", join(folder, "history")]],
  ["history", () => ["history", "--history", join(folder, "history"), "--json"]],
])("%s loads no engine, no browser and no bundler", async (_, given) => {
  const modules = await modulesLoaded(...given());
  expect(modules.some((url) => url.includes("/apps/harness/src/"))).toBe(true);
  expect(modules.filter((url) => heavy.test(url))).toEqual([]);
});
