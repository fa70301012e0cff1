import { buildNetwork } from "@sebench/spec";
import {
  checkpointWeights,
  classesIn,
  keyMapOf,
  readCheckpoint,
  type StoredTensor,
  writeSafetensors,
} from "@sebench/weights";
import { type CheckpointGolden, checkpointGoldens } from "@sebench/weights/testing";
import { expect, test } from "vitest";
import { goldenImages, goldenParameter } from "./golden-values.ts";
import { runReference } from "./run-reference.ts";

/** The file that the library would write of weights by formula. */
function fileOf({ tensors }: CheckpointGolden): Uint8Array {
  const stored = tensors.map(([key, shape, dtype]): [string, StoredTensor] => {
    if (dtype === "I64") return [key, { dtype, shape, bytes: new Uint8Array(8) }];
    const { data } = goldenParameter(key, shape);
    return [key, { dtype, shape, bytes: new Uint8Array(data.buffer) }];
  });
  return writeSafetensors(new Map(stored));
}

test.each(checkpointGoldens())(
  "$network of the weights of $library's $model gives its logits",
  (golden) => {
    const { network: name, imageSize, logits: truth } = golden;
    const file = readCheckpoint(fileOf(golden), golden.model);
    expect(keyMapOf(file.tensors.keys()).layout).toBe(golden.keys);
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
