import { lower } from "@sebench/lowering";
import { runReferenceNodes } from "@sebench/reference";
import { testImages } from "@sebench/reference/testing";
import { buildNetwork, inputShape } from "@sebench/spec";
import { foldBatchNorm, seededWeights } from "@sebench/weights";
import { expect, it } from "vitest";
import { rangesOn } from "./testing/ranges.ts";

it.each(["resnet20", "se-resnet20"])(
  "tells the oracle's ranges of every node of %s",
  async (name) => {
    const network = buildNetwork(name);
    const lowered = lower(network, seededWeights(network, 1), "gemm");
    const image = testImages(1, inputShape(network));
    const ranges = await rangesOn(lowered, image);

    const folded = foldBatchNorm(lowered.network, lowered.weights);
    const names = folded.network.nodes.map((node) => node.name);
    expect(Object.keys(ranges)).toEqual(names);
    const outputs = runReferenceNodes(folded.network, folded.weights, image, names);
    for (const node of names) {
      const values = outputs.get(node)!.toSorted();
      const scale = Math.max(-values[0]!, values.at(-1)!);
      const off = ranges[node]!.map((told, at) => Math.abs(told - values.at(-at)!) / scale);
      expect(Math.max(...off)).toBeLessThan(1e-5);
    }
  },
);
