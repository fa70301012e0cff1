import { lower, type LoweredNetwork } from "@sebench/lowering";
import { nodeValues, foldedForm } from "@sebench/jobs";
import { evaluateInHalf, halfWeights, oracleValues, splitImages } from "@sebench/reference";
import { relativeError, testImages, withLargeSums } from "@sebench/reference/testing";
import { tfjsWebWebgl } from "@sebench/runtime-tfjs-web";
import { buildNetwork } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { expect, it } from "vitest";
import { describeInBrowser } from "./testing/describe-in-browser.ts";
import { load } from "./testing/small-session.ts";

const network = buildNetwork("se-resnet8", { imageSize: 28 });
const weights = withLargeSums(network, seededWeights(network, 1));
const images = testImages(1, [3, 28, 28]);
const [image] = splitImages(network, images) as [Float64Array];
const squeeze = "stage2/block0/squeeze/pool";

function firstMean(lowered: LoweredNetwork): Float64Array {
  const folded = foldedForm(lowered);
  const halved = halfWeights(new Map(folded.weights));
  for (const { node, data } of evaluateInHalf(folded.network, halved, image, "sequential")) {
    if (node.name === squeeze) return data;
  }
  throw new Error("there is no squeeze");
}

describeInBrowser("a squeeze whose sum passes 65,504", 120_000, (pages) => {
  it.each(["conv1x1", "reduce-mean", "squeeze-scaled"])(
    "on tfjs-web/webgl with textures of 16 bits, as %s",
    async (lowering) => {
      await using opened = await pages.open();
      const lowered = lower(network, weights, lowering);
      const { right } = await oracleValues(foldedForm(lowered), image);
      const engine = await load(tfjsWebWebgl, opened);
      const names = [squeeze, network.output];
      const asked = { names, image: 0, batch: 1, precision: "fp16" } as const;
      const [mean, logits] = await nodeValues(engine, lowered, images, asked);
      expect(relativeError(mean!, right(squeeze))).toBeLessThan(2e-3);
      expect(relativeError(logits!, right(network.output))).toBeLessThan(1e-2);
      // Had the partial sums been halves, which the shaders' are not, the mean would be infinite, but
      // for the lowering that is made for it.
      const halves = firstMean(lowered);
      if (lowering === "squeeze-scaled") {
        expect(relativeError(halves, right(squeeze))).toBeLessThan(1e-2);
      } else expect(halves.some((value) => value === Infinity)).toBe(true);
    },
  );
});
