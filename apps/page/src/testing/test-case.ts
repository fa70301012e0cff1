import type { MeasureOptions } from "@sebench/measure";
import { buildNetwork, elementCount, type Network, type Tensor } from "@sebench/spec";
import { fromWeights, seededWeights, type Weights, writeSafetensors } from "@sebench/weights";
import type { PageJob } from "../../browser/page-api.ts";
import type { PageServer } from "../page-server.ts";

/** The smallest pair of the model table, as the page shall measure it. */
export interface TestCase {
  readonly networks: Readonly<Record<"plain" | "se", Network>>;
  readonly weights: Readonly<Record<"plain" | "se", Weights>>;
  /** `[2, 3, 28, 28]`. */
  readonly images: Tensor;
}

/** As short as a measurement can be. */
export const shortest: MeasureOptions = {
  batch: 1,
  precision: "fp32",
  minReplicas: 1,
  maxReplicas: 1,
  minRounds: 2,
  budgetMs: 1,
  visitMs: 1,
  minRunsPerVisit: 1,
  warmUpMs: 1,
};

export function makeTestCase(): TestCase {
  const plain = buildNetwork("resnet20", { imageSize: 28 });
  const se = buildNetwork("se-resnet20", { imageSize: 28 });
  const shape = [2, 3, 28, 28];
  const data = Float32Array.from({ length: elementCount(shape) }, (_, index) => Math.sin(index));
  return {
    networks: { plain, se },
    weights: { plain: seededWeights(plain, 1), se: seededWeights(se, 1) },
    images: { shape, data },
  };
}

/** Puts a case on the page's server. */
export function serveTestCase(
  server: PageServer,
  { networks, weights, images }: TestCase,
): Pick<PageJob, "members" | "images" | "lowering" | "labelled"> {
  const member = (name: "plain" | "se") => ({
    network: server.serve(`${name}.json`, JSON.stringify(networks[name])),
    weights: server.serve(`${name}.safetensors`, writeSafetensors(fromWeights(weights[name]))),
  });
  const stack = writeSafetensors(fromWeights(new Map([["images", images]])));
  return {
    members: { plain: member("plain"), se: member("se") },
    images: server.serve("images.safetensors", stack),
    lowering: "gemm",
    labelled: null,
  };
}
