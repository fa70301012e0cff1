import { expect, test } from "vitest";
import { runOf, sampleCase } from "./testing/sample-run.ts";
import { weightsFacts } from "./weights-facts.ts";

const seeded = sampleCase("onnxruntime-node/cpu|node|se-resnet20");
const published = sampleCase("onnxruntime-web/wasm|chromium|se-resnet20");

test("files are told once, whatever number of cases had them", () => {
  expect(weightsFacts(runOf(seeded, published, published))).toEqual([
    [
      "Weights",
      "SE of se-resnet20.safetensors (timm's keys, SHA-256 5e5e5e5e5e5e5e5e), " +
        "plain of resnet20.safetensors (keys without SE, SHA-256 9191919191919191)",
    ],
  ]);
});

test("of seeded weights nothing is told: the seed is", () => {
  expect(weightsFacts(runOf(seeded))).toEqual([]);
});
