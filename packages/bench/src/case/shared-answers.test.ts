import { loadImages } from "@sebench/datasets";
import type { RangesJob } from "@sebench/jobs";
import { runReferenceNodes } from "@sebench/reference";
import { buildNetwork } from "@sebench/spec";
import { foldBatchNorm, seededWeights } from "@sebench/weights";
import { expect, test } from "vitest";
import { RangeAnswers } from "./shared-answers.ts";

const job: Omit<RangesJob, "kind"> = {
  engine: { threads: null },
  pair: {
    networks: { plain: "resnet8", se: "se-resnet8" },
    imageSize: 28,
    weights: { kind: "seeded", seed: 1 },
    images: { dataset: "fashion-mnist", count: 3 },
  },
  lowering: "conv1x1",
};
const watch = { signal: AbortSignal.timeout(60_000), timeoutMs: 60_000, onProgress: () => {} };

test("ranges are those of the oracle, over all images, for both members", async () => {
  const answers = await new RangeAnswers().of(job, watch);
  expect(Object.keys(answers)).toEqual(["resnet8", "se-resnet8"]);
  const { images } = await loadImages({ dataset: "fashion-mnist", size: 28, count: 3 });
  const canonical = buildNetwork("se-resnet8", { imageSize: 28 });
  const { network, weights } = foldBatchNorm(canonical, seededWeights(canonical, 1));
  const nodes = ["images", "stem/conv1", "stage3/block0/excite/gate"];
  const size = images.data.length / 3;
  const seen = [0, 1, 2].map((at) => {
    const data = images.data.subarray(at * size, (at + 1) * size);
    return runReferenceNodes(network, weights, { shape: [1, 3, 28, 28], data }, nodes);
  });
  for (const node of nodes) {
    const values = seen
      .flatMap((outputs) => Array.from(outputs.get(node)!))
      .toSorted((a, b) => a - b);
    const [least, greatest] = answers["se-resnet8"]![node]!;
    expect(least).toBeCloseTo(values[0]!, 4);
    expect(greatest).toBeCloseTo(values.at(-1)!, 4);
  }
});

test("a pair that several runtimes share is asked for once", async () => {
  const answers = new RangeAnswers();
  expect(await answers.of({ ...job }, watch)).toBe(await answers.of({ ...job }, watch));
});
