import type { EvaluationRecord } from "@sebench/results";
import { expect, test } from "vitest";
import { sampleRun } from "../testing/sample-run.ts";
import { evaluationHtml, evaluationMarkdown, evaluationTable } from "./reports.ts";

const labels = Array.from({ length: 100 }, (_, image) => image % 10);
const wrong = (count: number) => ({
  top: labels.map((label, image) => (image < count ? (label + 1) % 10 : label)),
  rank: labels.map((_, image) => (image < count ? 1 : 0)),
});
const attestation = {
  device: "cpu",
  proven: true,
  reason: null,
  software: false,
  threads: 1,
  tf32: false,
  evidence: {},
} as const;
const answer = (runtime: string, plain: number, se: number) => ({
  runtime,
  host: "node",
  status: "ok" as const,
  engineVersion: "1",
  hostVersion: "20",
  attestation,
  plain: wrong(plain),
  se: wrong(se),
});
const record: EvaluationRecord = {
  schema: "sebench-evaluation/1",
  parts: [
    {
      started: "2026-03-02T09:15:00.000Z",
      finished: "2026-03-02T09:16:00.000Z",
      sebench: "0.1.0",
      git: null,
      command: "pnpm bench eval --data a_b",
      shard: null,
      machine: sampleRun.machine,
    },
  ],
  network: "se-resnet8",
  plain: "resnet8",
  imageSize: 32,
  precision: "fp32",
  weights: { kind: "trained", dataset: "fashion-mnist", hash: { plain: "aa", se: "bb" } },
  dataset: {
    name: "val_set",
    identity: "cc",
    preprocessing: "as they are",
    classes: null,
    listing: {
      order: { taken: "timm", by: "--preprocessing", apart: ["n2", "n10"] },
      nested: null,
      alsoRead: [],
      leftOut: [{ what: ".heic", files: 2, first: "n2/a", classes: [{ name: "n2", files: 2 }] }],
      empty: [],
    },
  },
  labels,
  broken: [{ file: "n01/x.jpg", reason: "truncated" }],
  oracle: { images: labels.map((_, at) => at), top: { plain: wrong(20).top, se: wrong(10).top } },
  answers: [
    answer("onnxruntime-node/cpu", 20, 10),
    answer("onnxruntime-web/wasm", 20, 40),
    {
      runtime: "tfjs-node/cuda",
      host: "node",
      status: "unavailable",
      reason: "no GPU",
      remedy: "use a machine with one",
    },
  ],
};

const forms = [
  ["Markdown", evaluationMarkdown(record).replaceAll("\\", "")],
  ["HTML", evaluationHtml(record).replaceAll(/\s+/g, " ")],
  ["the terminal's", evaluationTable(record, { color: false, width: 200 }).replaceAll(/\s+/g, " ")],
] as const;

test.each(forms)("%s form says what SE gains, and where accuracy is lost", (_name, text) => {
  // SE alone has ten images right and plain alone has none, so p = 2 / 2^10.
  expect(text).toContain(
    "SE gains 10.0 points (10 images only SE has right, 0 only plain, p = 0.002)",
  );
  expect(text).toContain("ACCURACY IS LOST by se-resnet8 on onnxruntime-web/wasm");
  expect(text).not.toContain("ACCURACY IS LOST by resnet8");
  expect(text).toContain("80.0 % [71.1, 86.7]");
});

test.each(forms)(
  "%s form names images that are broken and runtimes that gave nothing",
  (_name, text) => {
    expect(text).toContain("1 of 101 images could not be read");
    expect(text).toContain("n01/x.jpg: truncated");
    expect(text).toContain("Not tfjs-node/cuda: no GPU (use a machine with one)");
  },
);

test.each(forms)("%s form says how the classes were numbered, and what is left out", (_, text) => {
  expect(text).toMatch(/Classes are numbered in timm.{1,6}s order/);
  expect(text).toContain("2 files are LEFT OUT: 2 .heic (in n2, the first is n2/a)");
});

test("Markdown shows a table of all runtimes", () => {
  const [, markdown] = forms[0];
  expect(markdown).toContain("30 lost, p < 0.001");
  expect(markdown).toContain("70 of 100");
});

const file = { name: "se.safetensors", keys: "timm", sha256: "a".repeat(64) } as const;
const { hash } = record.weights;
const cutOut: EvaluationRecord = {
  ...record,
  weights: { kind: "checkpoint", files: { se: file, plain: null }, hash },
};

test.each([
  ["Markdown", evaluationMarkdown(cutOut).replaceAll("\\", "")],
  ["HTML", evaluationHtml(cutOut).replaceAll(/\s+/g, " ")],
  ["the terminal's", evaluationTable(cutOut, { color: false, width: 200 }).replaceAll(/\s+/g, " ")],
])("%s form claims no accuracy of a plain member that was never trained", (_name, text) => {
  expect(text).toContain("resnet8 is se-resnet8 with its gates cut out. It was never trained");
  expect(text).toContain("--plain-weights");
  expect(text).toContain("top-1 with SE is 90.0 %");
  // 80 % are the plain member's, and 1/2^10 is the chance that its difference would have.
  expect(text).not.toMatch(/SE (gains|loses) \d|80\.0 %|plain and|0\.002/);
  expect(text).toContain("ACCURACY IS LOST by se-resnet8 on onnxruntime-web/wasm");
  // How runtimes agree is not a matter of labels.
  expect(text).toContain("100 of 100");
});
