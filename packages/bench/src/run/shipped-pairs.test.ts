import { members } from "@sebench/measure";
import { buildMember, imagesOf } from "@sebench/pairs";
import { oracleLogits, runReference, shippedOracleDirectory } from "@sebench/reference";
import { expect, test } from "vitest";
import { shippedPairs } from "./shipped-pairs.ts";

const cacheDirectories = [shippedOracleDirectory];

test.each(shippedPairs())(
  "the oracle's answers ship for $networks.se at $imageSize",
  async (pair) => {
    const images = await imagesOf(pair);
    for (const member of members) {
      const onImage = () => {
        throw new Error(`${pair.networks[member]} is not there: run "pnpm make-oracle"`);
      };
      const logits = await oracleLogits({
        ...(await buildMember(pair, member)),
        images,
        cacheDirectories,
        onImage,
      });
      expect(logits.length % pair.images.count).toBe(0);
    }
  },
);

test("a shipped answer is what the oracle computes", async () => {
  const pair = shippedPairs().find(({ networks }) => networks.se === "se-resnet8")!;
  const { network, weights } = await buildMember(pair, "se");
  const images = await imagesOf(pair);
  const shipped = await oracleLogits({ network, weights, images, cacheDirectories });
  const computed = runReference(network, weights, images);
  // Math.exp may differ in its last bit from one engine to another.
  for (const [index, logit] of computed.entries()) expect(shipped[index]).toBeCloseTo(logit, 10);
});
