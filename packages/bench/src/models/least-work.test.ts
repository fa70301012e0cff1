import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lower } from "@sebench/lowering";
import { overheadBound } from "@sebench/measure";
import { leastSeSteps } from "@sebench/models";
import { encodeOnnx } from "@sebench/onnx";
import { buildNetwork, plainName } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "sebench-least-work-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a bound counts of a network in sebench's own graph. */
function ofNetwork(name: string, batch: number) {
  const pair = { plain: buildNetwork(plainName(name)), se: buildNetwork(name) };
  const roofline = { peakMacsPerSecond: 1, bytesPerSecond: 1 };
  return overheadBound(roofline, pair, { batch, precision: "fp32", plainMs: 1 });
}

// Residual sums, where the product is free; activations before SE; and products that stand alone.
test.each([
  ["se-resnet50", 1],
  ["se-resnet20", 8],
  ["mobilenet-v3-large", 1],
])("the least work of %s in a file is that of the network, batch %i", (name, batch) => {
  const network = buildNetwork(name);
  const path = join(folder, `${name}-${batch}.onnx`);
  const lowered = lower(network, seededWeights(network, 1), "conv1x1", { batch });
  writeFileSync(path, encodeOnnx(lowered, { batch, precision: "fp32" }));
  const steps = leastSeSteps(path, new Map())!;
  const sum = (of: "macs" | "parameters") => steps.reduce((total, step) => total + step[of], 0);
  const { macs, bytes } = ofNetwork(name, batch);
  expect({ macs: sum("macs"), bytes: 4 * sum("parameters") }).toEqual({ macs, bytes });
});
