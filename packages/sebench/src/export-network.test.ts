import { expect, test } from "vitest";
import { exportNetwork } from "./export-network.ts";

test("an export has trained weights where they ship, and tells them and their images", async () => {
  const { onnx, weights, preprocessing } = await exportNetwork({ network: "se-resnet8" });
  expect(weights).toMatchObject({ kind: "trained", description: "trained on fashion-mnist" });
  expect(preprocessing).toMatchObject({ size: 32, mean: [0.286, 0.286, 0.286] });
  expect(Buffer.from(onnx).includes(weights.hash)).toBe(true);
  const seeded = await exportNetwork({ network: "se-resnet8", weights: "seeded" });
  expect(seeded.weights.kind).toBe("seeded");
  expect(seeded.weights.hash).not.toBe(weights.hash);
});
