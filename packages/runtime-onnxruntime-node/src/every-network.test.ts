import { defaultLowering, lower } from "@sebench/lowering";
import { runReference } from "@sebench/reference";
import {
  coveringNetworks,
  everyNetwork,
  relativeError,
  testImages,
} from "@sebench/reference/testing";
import type { Engine } from "@sebench/runtime";
import { buildNetwork, inputShape } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { afterAll, beforeAll, expect, it } from "vitest";
import { onnxruntimeNodeCpu } from "./runtime.ts";

let engine: Engine;

beforeAll(async () => {
  engine = await onnxruntimeNodeCpu.load({ threads: 2, tf32: true });
});

afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

it.each(coveringNetworks(everyNetwork))(
  "%s at %i pixels gives the oracle's logits on the CPU",
  { timeout: 120_000 },
  async (name, imageSize) => {
    const network = buildNetwork(name, { imageSize });
    const weights = seededWeights(network, 1);
    const images = testImages(1, inputShape(network));
    const lowered = lower(network, weights, defaultLowering(network));
    const options = { batch: 1, precision: "fp32" } as const;
    await using session = await engine.prepare(await engine.encode(lowered, options), options);
    const logits = await session.run(await session.stage(images));
    expect(relativeError(logits, runReference(network, weights, images))).toBeLessThan(1e-4);
  },
);
