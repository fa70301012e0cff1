import { buildNetwork } from "@sebench/spec";
import { checkpointWeights, classesIn, keyMapOf, readCheckpoint } from "@sebench/weights";
import { checkpointGoldens } from "@sebench/weights/testing";
import { expect, test } from "vitest";
import { goldenImages } from "./golden-values.ts";
import { runReference } from "./run-reference.ts";
import { coveringSet, testsAll } from "./testing/covering-set.ts";
import { publishedFile } from "./testing/published-file.ts";

/** VGG-16 has 138 million parameters, which take half a minute: it is left to CI. */
const isLarge = ({ network }: { readonly network: string }) => network === "vgg16-bn";
const goldens = coveringSet(checkpointGoldens(), ({ network: name, imageSize }) => {
  return { name, imageSize };
}).filter((golden) => testsAll || !isLarge(golden));

test.each(goldens)(
  "$network of the weights of $library's $model gives its logits",
  (golden) => {
    const { network: name, imageSize, logits: truth } = golden;
    const file = readCheckpoint(publishedFile(golden), golden.model);
    expect(keyMapOf(file.tensors).layout).toBe(golden.keys);
    const classes = classesIn(buildNetwork(name, { imageSize }), file)!;
    expect(classes).toBe(truth.length);
    const network = buildNetwork(name, { imageSize, classes });
    const weights = checkpointWeights(network, file, golden.model);
    const images = goldenImages(`images${imageSize}`, [1, 3, imageSize, imageSize]);
    const logits = [...runReference(network, weights, images)];
    const scale = Math.max(...truth.map(Math.abs));
    for (const [index, logit] of logits.entries()) {
      expect(Math.abs(logit - truth[index]!) / scale).toBeLessThan(1e-9);
    }
    expect(logits).toHaveLength(truth.length);
  },
  240_000,
);
