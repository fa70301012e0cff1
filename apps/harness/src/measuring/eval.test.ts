import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEvaluation } from "@sebench/results";
import { afterAll, beforeAll, expect, it, test } from "vitest";
import { benchHere } from "../testing/bench.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sebench-eval-"));
});
afterAll(() => rm(root, { recursive: true }));

const evaluate = (...flags: string[]) =>
  benchHere("eval", "--runtime", "onnxruntime-node/cpu", "--batch", "16", ...flags);

it("tells how many images a runtime recognises, in shards that are merged, as at once", async () => {
  const [first, second, merged, whole] = ["first", "second", "merged", "whole"].map((name) =>
    join(root, name),
  ) as [string, string, string, string];
  const images = ["--images", "50", "--oracle", "50"];
  await evaluate(...images, "--shard", "1/2", "--out", first);
  await evaluate(...images, "--shard", "2/2", "--out", second);
  const merging = await benchHere("merge", second, first, "--out", merged);
  expect(merging.code).toBe(0);
  const atOnce = await evaluate(...images, "--out", whole);
  expect(atOnce.code).toBe(0);
  const [joined, all] = [await readEvaluation(merged), await readEvaluation(whole)];
  expect(joined.parts).toHaveLength(2);
  for (const key of ["labels", "oracle", "answers", "dataset", "weights"] as const) {
    const [one, other] = [joined, all].map((record) => withoutEvidence(record[key]));
    expect({ [key]: one }).toEqual({ [key]: other });
  }
  expect(all.answers[0]).toMatchObject({ status: "ok", runtime: "onnxruntime-node/cpu" });
  // Trained networks recognise nine images of ten, and in fp32 they say what the oracle says.
  const [answer] = all.answers;
  if (answer?.status !== "ok") throw new Error("there is no answer");
  for (const member of ["plain", "se"] as const) {
    const right = answer[member].top.filter((top, image) => top === all.labels[image]).length;
    expect(right).toBeGreaterThan(40);
    expect(answer[member].top).toEqual(all.oracle.top[member]);
  }
  for (const file of ["evaluation.html", "evaluation.md"]) {
    expect(await readFile(join(whole, file), "utf8")).toContain("50 of 50");
  }
}, 240_000);

it("asks a model's file as a network, and says as much of it", async () => {
  const path = join(root, "exported.onnx");
  const exported = await benchHere(
    "export",
    "--network",
    "se-resnet8",
    "--batch",
    "10",
    "--out",
    path,
  );
  expect(exported.code).toBe(0);
  const images = ["--images", "20", "--oracle", "20"];
  const runtime = ["eval", "--runtime", "onnxruntime-node/cpu,tfjs-node/cpu", "--host", "node"];
  const [own, known] = [join(root, "own"), join(root, "known")];
  const asked = await benchHere(...runtime, "--model", path, ...images, "--out", own);
  expect({ code: asked.code, stderr: asked.code === 0 ? "" : asked.stderr }).toEqual({
    code: 0,
    stderr: "",
  });
  await evaluate("--network", "se-resnet8", ...images, "--out", known);
  const [model, network] = [await readEvaluation(own), await readEvaluation(known)];
  expect(model).toMatchObject({
    network: expect.stringMatching(/^exported\.onnx\{images=10x3x32x32,sha256=[0-9a-f]{12}\}$/),
    weights: { kind: "model", name: "exported.onnx" },
    labels: network.labels,
    untrainedPlain: expect.stringContaining("a model of cost, which was never trained"),
  });
  expect(model.oracle.top.se).toEqual(network.oracle.top.se);
  const [first] = network.answers;
  if (first?.status !== "ok") throw new Error("there is no answer");
  // The file as it is on onnxruntime, and imported on tfjs.
  const shown = model.answers.map((each) => each.status === "ok" && each.se.top);
  expect(shown).toEqual([first.se.top, first.se.top]);
}, 120_000);

it("says which shard is missing when it merges", async () => {
  const only = join(root, "only");
  await evaluate("--images", "4", "--oracle", "0", "--shard", "1/3", "--out", only);
  const merging = await benchHere("merge", only, "--out", join(root, "incomplete"));
  expect(merging.code).toBe(1);
  expect(merging.stderr).toContain("Missing: --shard 2/3, --shard 3/3");
}, 120_000);

test.each<[string[], string]>([
  [["--network", "se-resnet50"], "no trained weights ship of se-resnet50 at 224 px"],
  [["--data", "/nowhere"], "/nowhere is not there"],
  [["--data", "photos", "--out", "photos/out"], "each folder counts as a class"],
  [["--images", "1001"], "--images is 1001, and fashion-mnist"],
  [["--labels", "x.csv"], "--labels is given without --data"],
  [["--size", "64", "--weights", "seeded"], "fashion-mnist has images of 28 or 32 pixels, not 64"],
  [["--shard", "3/2"], '--shard is "3/2"'],
  [["--model", "/nowhere/x.onnx"], "--batch is not for --model"],
  [["--weights", "/nowhere/x.safetensors"], "/nowhere/x.safetensors"],
])("bench eval %j is one clear error", async (flags, message) => {
  const result = await evaluate(...flags);
  expect(result.code).toBe(2);
  expect(result.stderr).toContain(message);
  expect(result.stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
});

/** A record without its evidence, whose thread times differ from run to run. */
function withoutEvidence(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, of: unknown) => (key === "evidence" ? undefined : of)),
  );
}
