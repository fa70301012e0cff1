import { lower } from "@sebench/lowering";
import { runReference } from "@sebench/reference";
import {
  activated,
  applied,
  convolutions,
  coveringNetworks,
  everyNetwork,
  groupedConvolutions,
  otherFamilies,
  otherOperators,
  pools,
  relativeError,
  seVariants,
  testImages,
  withHangingPools,
} from "@sebench/reference/testing";
import type { EncodedModel, Engine } from "@sebench/runtime";
import { litertWebWasm } from "@sebench/runtime-litert-web";
import { encodeModel } from "@sebench/runtime-litert-web/model";
import { buildNetwork, countParameters, inputShape, type Network } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import type { PageModel } from "./testing/page-runtime.ts";
import { load, oneInFp32 } from "./testing/small-session.ts";
import type { TestPage } from "./testing/test-browser.ts";

/**
 * The operators that XNNPACK leaves to other kernels, which the runtime refuses: pads of a maximum
 * that may be below zero.
 */
const undelegated = /^pool max/;

const operators: readonly (readonly [string, Network])[] = [
  ...convolutions.map(([name, op]) => [`convolution ${name}`, applied([16, 11, 9], op)] as const),
  ...groupedConvolutions.map(
    ([name, channels, op]) => [`convolution ${name}`, applied([channels, 9, 8], op)] as const,
  ),
  ...[6, 9].flatMap((size) =>
    pools.map(
      ([name, op]) => [`pool ${name}, of ${size}`, applied([4, size, size + 1], op)] as const,
    ),
  ),
  ...otherOperators,
  ["convolution and relu", activated(4, { kind: "relu" })],
  ["convolution and relu6", activated(1, { kind: "clip", min: 0, max: 6 })],
];

/** VGG and the largest networks have no operator of their own, and take the oracle minutes. */
const mostParameters = 6e7;

const networks = coveringNetworks([
  ...everyNetwork,
  ...otherFamilies,
  ...withHangingPools,
  ...seVariants.map((name) => [name, 32] as const),
]).filter(
  ([name, imageSize]) => countParameters(buildNetwork(name, { imageSize })) < mostParameters,
);

/** Puts a model that is encoded here into the page. */
async function place(
  opened: TestPage,
  model: ReturnType<typeof encodeModel>,
): Promise<EncodedModel> {
  const { bytes, ...head } = model;
  const path = opened.server.serve("model.tflite", bytes);
  const handle = await opened.page.evaluateHandle(
    async ([url, about]) => {
      const body = await (await fetch(url)).arrayBuffer();
      return { ...about, bytes: new Uint8Array(body) };
    },
    [path, head] as const,
  );
  const placed: PageModel = { handle, byteLength: model.byteLength };
  return placed;
}

describeInBrowser("LiteRT.js and the oracle agree", 120_000, (pages) => {
  let opened: TestPage;
  let engine: Engine;
  beforeAll(async () => {
    opened = await pages.open();
    engine = await load(litertWebWasm, opened, { threads: 1 });
  });
  afterAll(() => engine[Symbol.asyncDispose]());

  async function errorOf(network: Network, lowering = "conv1x1"): Promise<number> {
    const weights = seededWeights(network, 1);
    const images = testImages(1, inputShape(network));
    const lowered = lower(network, weights, lowering);
    const model = await place(opened, encodeModel(litertWebWasm.id, lowered, oneInFp32));
    await using session = await engine.prepare(model, oneInFp32);
    const logits = await session.run(await session.stage(images));
    return relativeError(logits, runReference(network, weights, images));
  }

  it.each(operators.filter(([name]) => !undelegated.test(name)))("on %s", async (_, network) => {
    expect(await errorOf(network)).toBeLessThan(1e-4);
  });

  it.each(operators.filter(([name]) => undelegated.test(name)))(
    "or it says that the accelerator does not take %s",
    async (_, network) => {
      await expect(errorOf(network)).rejects.toThrow("does not take all of its operators");
    },
  );

  it.each(networks)("on %s at %i pixels", async (name, imageSize) => {
    expect(await errorOf(buildNetwork(name, { imageSize }))).toBeLessThan(1e-4);
  });
});
