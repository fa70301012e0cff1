/** Fills the oracle's answers that ship, for the cases of the profiles `smoke` and `quick`. */
import { members } from "@sebench/measure";
import { oracleLogits, shippedOracleDirectory } from "@sebench/reference";
import { buildMember, imagesOf } from "../src/build-pair.ts";
import { shippedPairs } from "../src/shipped-pairs.ts";

for (const pair of shippedPairs()) {
  const images = await imagesOf(pair);
  for (const member of members) {
    console.log(`${pair.networks[member]} at ${pair.imageSize}`);
    const built = await buildMember(pair, member);
    await oracleLogits({ ...built, images, cacheDirectories: [shippedOracleDirectory] });
  }
}
