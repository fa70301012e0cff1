import { lower, type LoweringName } from "@sebench/lowering";
import { runReference } from "@sebench/reference";
import {
  coveringNetworks,
  otherFamilies,
  relativeError,
  seVariants,
  testImages,
  withHangingPools,
} from "@sebench/reference/testing";
import { buildNetwork, inputShape, type Network } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { describe, expect, it } from "vitest";
import { type Forms, formsOf } from "./model/forms.ts";
import { type TestBackend, testBackends } from "./testing/backend.ts";
import { testBinding } from "./testing/binding.ts";
import { runLowered } from "./testing/run.ts";

describe.each(testBackends)("on %s, tfjs and the oracle agree", (backend) => {
  it.each(["resnet20", "se-resnet20"])("on %s, batch 1 and 2, in each lowering", async (name) => {
    const network = buildNetwork(name, { imageSize: 28 });
    for (const batch of [1, 2]) {
      const errorWith = errorsOf(backend, network, batch);
      expect(await errorWith("gemm")).toBeLessThan(1e-4);
      expect(await errorWith("conv1x1")).toBeLessThan(1e-4);
    }
  });

  it.each(seVariants)("on %s", async (name) => {
    const network = buildNetwork(name, { imageSize: 16 });
    const lowerings: LoweringName[] = name.includes("none") ? ["conv1x1"] : ["gemm", "conv1x1"];
    const errorWith = errorsOf(backend, network, 1);
    for (const lowering of lowerings) expect(await errorWith(lowering)).toBeLessThan(1e-4);
  });
});

describe("on wasm, in the forms of tfjs-web and tfjs-node, tfjs and the oracle agree", () => {
  it.each(coveringNetworks([...withHangingPools, ...otherFamilies]))(
    "on %s at %i pixels",
    { timeout: 60_000 },
    async (name, imageSize) => {
      const network = buildNetwork(name, { imageSize });
      const errorWith = errorsOf("wasm", network, 1);
      for (const id of ["tfjs-web/wasm", "tfjs-node/cpu"] as const) {
        expect(await errorWith("gemm", formsOf[id])).toBeLessThan(1e-4);
      }
    },
  );
});

/** Makes the function that gives the error of a lowering, in forms or in the backend's own. */
function errorsOf(backend: TestBackend, network: Network, batch: number) {
  const weights = seededWeights(network, 1);
  const images = testImages(batch, inputShape(network));
  // The oracle runs the network as it was built.
  const expected = runReference(network, weights, images);
  return async (lowering: LoweringName, forms?: Forms) => {
    const lowered = lower(network, weights, lowering);
    return relativeError(await runLowered(testBinding(backend, forms), lowered, images), expected);
  };
}
