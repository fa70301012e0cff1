import type {
  AnswerTo,
  EngineJob,
  MeasureJob,
  ModelSource,
  PageOutcome,
  PageWindow,
} from "@sebench/jobs";
import type { MeasureOptions } from "@sebench/measure";
import type { PairDescription } from "@sebench/pairs";
import { buildNetwork, elementCount, type Network, type Tensor } from "@sebench/spec";
import { fromWeights, seededWeights, type Weights, writeSafetensors } from "@sebench/weights";
import type { TestPage } from "./test-browser.ts";

/** A case of the smallest pair of the model table, for a page to measure. */
export interface TestCase {
  readonly networks: Readonly<Record<"plain" | "se", Network>>;
  readonly weights: Readonly<Record<"plain" | "se", Weights>>;
  /** The images, of shape `[2, 3, 28, 28]`. */
  readonly images: Tensor;
}

/** The options of the shortest measurement that there can be. */
export const shortest: MeasureOptions = {
  batch: 1,
  precision: "fp32",
  minReplicas: 1,
  maxReplicas: 1,
  minRounds: 2,
  budgetMs: 1,
  visitMs: 1,
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

/**
 * The description of the test case in a job. Its networks, weights and images come from
 * `supplyTestCase`.
 */
export const pair: PairDescription = {
  networks: { plain: "resnet20", se: "se-resnet20" },
  imageSize: 28,
  weights: { kind: "seeded", seed: 1 },
  images: { dataset: "fashion-mnist", count: 2 },
};

/**
 * Gives a page a driver's function that serves a case, and gives the job that asks for the case.
 *
 * @param labelled the images `[n, 3, 28, 28]` of a labelled job
 */
export async function supplyTestCase(
  { page, server }: TestPage,
  { networks, weights, images }: TestCase,
  labelled: Tensor | null = null,
): Promise<Pick<MeasureJob, "kind" | "members" | "labelled" | "measure">> {
  const stack = (name: string, of: Tensor) =>
    server.serve(name, writeSafetensors(fromWeights(new Map([["images", of]]))));
  const url = stack("images.safetensors", images);
  const labelledUrl = labelled === null ? url : stack("labelled.safetensors", labelled);
  const supply: NonNullable<PageWindow["sebenchSupply"]> = async (request) => {
    if (request.what === "model") {
      const { member } = request.model;
      return {
        network: server.serve(`${member}.json`, JSON.stringify(networks[member])),
        weights: server.serve(
          `${member}.safetensors`,
          writeSafetensors(fromWeights(weights[member])),
        ),
        classes: 10,
      } satisfies ModelSource;
    }
    const asked = request.what === "images" ? request.images.count : 0;
    return asked === pair.images.count ? url : labelledUrl;
  };
  await page.exposeFunction("sebenchSupply", supply);
  return {
    kind: "measure",
    members: { kind: "networks", pair, forms: [{ lowering: "gemm" }] },
    labelled: null,
    measure: shortest,
  };
}

/** Answers a job in a test's page. */
export function answerIn<Asked extends EngineJob>(
  { page }: TestPage,
  job: Asked,
): Promise<PageOutcome<AnswerTo<Asked>>> {
  const answered = page.evaluate(
    (given) => (globalThis as unknown as PageWindow).sebench.answer(given),
    job as EngineJob,
  );
  return answered as Promise<PageOutcome<AnswerTo<Asked>>>;
}
