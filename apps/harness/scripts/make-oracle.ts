/**
 * Computes the oracle's answers that ship: for the cases of the profiles `smoke` and `quick`, and
 * for the trained pairs with all labelled images. Answers that nothing asks for any more are
 * removed, such as those of trained weights before they were trained again.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { shippedPairs } from "@sebench/bench";
import { members } from "@sebench/measure";
import { buildMember, imagesOf } from "@sebench/pairs";
import { oracleKey, oracleLogits, shippedOracleDirectory } from "@sebench/reference";

const asked = new Set<string>();
for (const pair of shippedPairs()) {
  const images = await imagesOf(pair);
  for (const member of members) {
    const { networks, imageSize, weights } = pair;
    console.log(
      `${networks[member]} at ${imageSize}, ${weights.kind}, ${pair.images.count} images`,
    );
    const built = await buildMember(pair, member);
    await oracleLogits({ ...built, images, cacheDirectories: [shippedOracleDirectory] });
    asked.add(`${await oracleKey(built.network, built.weights, images)}.safetensors`);
  }
}
for (const name of await readdir(shippedOracleDirectory)) {
  if (asked.has(name)) continue;
  console.log(`removed ${name}`);
  await rm(join(shippedOracleDirectory, name));
}
