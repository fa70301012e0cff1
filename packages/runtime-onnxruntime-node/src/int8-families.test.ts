import { defaultLowering, lower } from "@sebench/lowering";
import { runReference } from "@sebench/reference";
import { otherFamilies, relativeError, testImages, testsAll } from "@sebench/reference/testing";
import type { Engine } from "@sebench/runtime";
import { buildNetwork, inputShape } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { afterAll, beforeAll, expect, it } from "vitest";
import { activationRanges } from "./activation-ranges.ts";
import { onnxruntimeNodeCpu } from "./runtime.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await onnxruntimeNodeCpu.load({ threads: 2 });
});
afterAll(() => engine[Symbol.asyncDispose]());

/** Networks that take the oracle and the ranges long, and are left to CI. */
const slow = new Set(["se-inception-resnet-v2", "se-preact-resnet164"]);

/** The networks under test. SENet-154 is left out, as it has the groups of ResNeXt and takes the oracle long. */
const networks = [
  ...otherFamilies.filter(([name]) => name !== "senet154" && (testsAll || !slow.has(name))),
  ["se-resnext50-32x4d", 33],
] as const;

it.each(networks)(
  "%s at %i pixels computes in int8, near the oracle",
  { timeout: 120_000 },
  async (name, imageSize) => {
    const network = buildNetwork(name, { imageSize });
    const weights = seededWeights(network, 1);
    const images = testImages(1, inputShape(network));
    const lowered = lower(network, weights, defaultLowering(network));
    const ranges = { [network.name]: await activationRanges(lowered, images) };
    const options = { batch: 1, precision: "int8", ranges } as const;
    await using session = await engine.prepare(await engine.encode(lowered, options), options);
    const logits = await session.run(await session.stage(images));
    expect(relativeError(logits, runReference(network, weights, images))).toBeLessThan(1e-1);
    expect(await session.attest()).toMatchObject({ proven: true, reason: null });
  },
);
