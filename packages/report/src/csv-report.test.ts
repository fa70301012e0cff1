import type { FailedCase } from "@sebench/results";
import { expect, test } from "vitest";
import { csvReport } from "./csv-report.ts";
import { runOf, sampleCase, sampleRun } from "./testing/sample-run.ts";

const ok = sampleCase("onnxruntime-node/cpu|node|se-resnet50|224|b1");

function failedWith(reason: string): FailedCase {
  const { id, runtime, host, network, plain, imageSize, batch, precision, lowering } = ok;
  const identity = { id, runtime, host, network, plain, imageSize, batch, precision, lowering };
  return { ...identity, status: "failed", reason, remedy: null, attestation: null };
}

test("the sample run is written as agreed", async () => {
  await expect(csvReport(sampleRun)).toMatchFileSnapshot("../fixtures/report.csv");
});

test("each case has a row for each member, after one header", () => {
  const lines = csvReport(sampleRun).split("\r\n");
  expect(lines.length).toBe(1 + 2 * sampleRun.cases.length + 1);
  expect(lines.at(-1)).toBe("");
});

test("quotes and commas stay within their cell", () => {
  expect(csvReport(runOf(failedWith('no "gpu", sorry')))).toContain(',"no ""gpu"", sorry",');
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)"])("the text %s does not become a formula", (reason) => {
  expect(csvReport(runOf(failedWith(reason)))).toContain(`,'${reason},`);
});

test("a run without cases has a header alone", () => {
  expect(csvReport(runOf())).toMatch(/^run,started,[^\n]*\r\n$/);
});
