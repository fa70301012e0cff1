import type { OkCase } from "@sebench/results";
import { expect, test } from "vitest";
import { runOf, sampleCase } from "../testing/sample-run.ts";
import { hostFacts, weightsFacts } from "./provenance.ts";

const seeded = sampleCase("onnxruntime-node/cpu|node|se-resnet50");
const trained = sampleCase("tfjs-node/cpu");
const published: OkCase = {
  ...trained,
  weights: {
    kind: "checkpoint",
    files: {
      se: { name: "se-resnet20.safetensors", keys: "timm", sha256: "5e".repeat(32) },
      plain: { name: "resnet20.safetensors", keys: "plain", sha256: "91".repeat(32) },
    },
    hash: { plain: "11".repeat(32), se: "22".repeat(32) },
  },
};

test("files are told once, whatever number of cases had them", () => {
  expect(weightsFacts(runOf(seeded, published, published))).toEqual([
    [
      "Weights",
      "SE of se-resnet20.safetensors (timm's keys, SHA-256 5e5e5e5e5e5e5e5e), " +
        "plain of resnet20.safetensors (plain keys, SHA-256 9191919191919191)",
    ],
  ]);
});

test("trained weights are told with their network, since a run may have several such pairs", () => {
  expect(weightsFacts(runOf(seeded, trained))).toEqual([
    [
      "Weights",
      "se-resnet20 trained on fashion-mnist (SHA-256 SE c7c7c7c7c7c7c7c7, plain a4a4a4a4a4a4a4a4)",
    ],
  ]);
});

test("of seeded weights nothing is told: the seed is", () => {
  expect(weightsFacts(runOf(seeded))).toEqual([]);
});

test("it is told whether the browser was in its sandbox, and what kept hosts from reporting", () => {
  const inBrowser = sampleCase("onnxruntime-web/wasm|chromium");
  const off = { quiet: ["--no-proxy-server"], sandbox: "off: Chromium refuses it to root" };
  const node = { ...seeded, hostStart: { quiet: ["ORT_DISABLE_TELEMETRY=1"], sandbox: null } };
  expect(hostFacts([node, node, { ...inBrowser, hostStart: off }])).toEqual([
    ["Sandbox", "chromium off: Chromium refuses it to root"],
    ["Kept from reporting", "node by ORT_DISABLE_TELEMETRY=1; chromium by --no-proxy-server"],
  ]);
  expect(hostFacts([{ ...seeded, hostStart: null }])).toEqual([]);
});

test("it is told what a page that drives itself had, and what no visitor's browser has", () => {
  const inBrowser = sampleCase("onnxruntime-web/wasm|chromium");
  const page = {
    agent: "Mozilla/5.0",
    model: null,
    coresTold: 4,
    memoryGiBTold: null,
    secureContext: true,
    crossOriginIsolated: false,
    sharedMemory: false,
    relaxedSimd: false,
    webgpu: false,
    clockStepMs: 1,
    sentinelMs: 7,
    battery: null,
  };
  const settings = { JSC_useSharedArrayBuffer: 1 };
  const hostStart = { quiet: ["a=b"], sandbox: null, settings, page };
  expect(hostFacts([{ ...inBrowser, hostStart }])).toEqual([
    ["Browser settings", "chromium with JSC_useSharedArrayBuffer=1"],
    [
      "Pages",
      "chromium: a secure context, not cross-origin isolated, no memory that threads share, a clock with steps of 1000 \u00b5s",
    ],
    ["Kept from reporting", "chromium by a=b"],
  ]);
});
