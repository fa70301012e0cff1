import { runReference } from "@sebench/reference";
import { buildNetwork, inputShape, type Network, parametersOf } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it, test } from "vitest";
import { leaveOut, type LeftOut, leftOuts } from "./left-out.ts";
import { lower } from "./lower.ts";

function without(parts: LeftOut, lowering: string, name = "se-resnet8") {
  const network = buildNetwork(name, { imageSize: 16 });
  return leaveOut(lower(network, seededWeights(network, 1), lowering), parts);
}

const block = "stage3/block0/";
const seOf = ({ nodes }: Network) =>
  nodes
    .filter(({ name, role }) => name.startsWith(block) && role !== "trunk")
    .map(({ name, op }) => `${name.slice(block.length)} ${op.kind}`);

describe("leaveOut", () => {
  it("puts the corner of the map in the place of the squeeze, and keeps the rest", () => {
    expect(seOf(without("squeeze", "gemm").network)).toEqual([
      "squeeze/pool conv2d",
      "squeeze/flatten flatten",
      "excite/fc1 dense",
      "excite/relu relu",
      "excite/fc2 dense",
      "excite/gate sigmoid",
      "excite/unflatten unflatten",
      "scale/mul mul",
    ]);
  });

  it("leaves the squeeze, the gate's activation and the product where the excitation goes", () => {
    const rest = ["excite/gate sigmoid", "scale/mul mul"];
    for (const lowering of ["gemm", "conv1x1"]) {
      const { network } = without("excite", lowering);
      expect(seOf(network)).toEqual(["squeeze/pool globalAvgPool", ...rest]);
      const both = without("squeeze+excite", lowering);
      expect(seOf(both.network)).toEqual(["squeeze/pool conv2d", ...rest]);
    }
  });

  it("keeps the weights of the nodes that are left, and no others", () => {
    const { network, weights } = without("excite", "gemm");
    expect([...weights.keys()].toSorted()).toEqual(
      parametersOf(network)
        .map(({ name }) => name)
        .toSorted(),
    );
    expect([...weights.keys()].filter((name) => /\.fc[12]\./.test(name))).toEqual([]);
  });

  it.each(["se-resnet50{place=pre}", "se-resnet50", "mobilenet-v3-large"])(
    "gives networks like %s that run, whose values neither grow nor vanish",
    (name) => {
      const network = buildNetwork(name, { imageSize: 32 });
      const data = Float32Array.from({ length: 3 * 32 * 32 }, (_, at) => Math.sin(at));
      const images = { shape: [1, ...inputShape(network)], data };
      const lowered = lower(network, seededWeights(network, 1), "conv1x1");
      for (const parts of leftOuts) {
        const left = leaveOut(lowered, parts);
        const logits = runReference(left.network, left.weights, images);
        const greatest = Math.max(...[...logits].map(Math.abs));
        expect(greatest).toBeGreaterThan(1e-6);
        expect(greatest).toBeLessThan(1e6);
      }
    },
    60_000,
  );
});

test.each([
  ["se-resnet8{squeeze=none}", "conv1x1", "excite"],
  ["se-resnet8", "gate-resize", "squeeze+excite"],
] as const)("%s as %s is refused with the forms that can be had", (name, lowering, parts) => {
  expect(() => without(parts, lowering, name)).toThrowError(
    expect.objectContaining({ remedy: expect.stringContaining("--lowering gemm") }),
  );
});
