import { defaultLowering, lower } from "@sebench/lowering";
import { goldenImages, publishedFile, relativeError, testsAll } from "@sebench/reference/testing";
import { buildNetwork } from "@sebench/spec";
import { checkpointWeights, readCheckpoint } from "@sebench/weights";
import { checkpointGoldens } from "@sebench/weights/testing";
import { expect, it } from "vitest";
import { onnxruntimeNodeCpu } from "./runtime.ts";

/** One model for each way to name, stride, pad, pool and round. The oracle is tested with all models. */
const models = new Set([
  "legacy_seresnet18",
  "legacy_seresnext50_32x4d",
  "seresnet18",
  "resnet50",
  "mobilenet_v3_small",
  "mobilenetv3_small_075",
  "tf_mobilenetv3_small_075",
  "efficientnet_b0",
  "tf_efficientnet_b0",
  "tf_efficientnet_lite0",
  "semnasnet_100",
  "regnety_004",
  "regnet_y_400mf",
  "lcnet_025",
  "ghostnet_100",
]);

/** VGG-16 takes half a minute. */
const tested = ({ model }: { readonly model: string }) =>
  models.has(model) || (testsAll && model !== "vgg16_bn");

it.each(checkpointGoldens().filter(tested))(
  "$network on the CPU gives the logits of $library's $model",
  { timeout: 60_000 },
  async (golden) => {
    const { model, imageSize, logits } = golden;
    const network = buildNetwork(golden.network, { imageSize, classes: logits.length });
    const file = readCheckpoint(publishedFile(golden), model);
    const weights = checkpointWeights(network, file, model);
    await using engine = await onnxruntimeNodeCpu.load({ threads: 2 });
    const options = { batch: 1, precision: "fp32" } as const;
    const lowered = lower(network, weights, defaultLowering(network));
    await using session = await engine.prepare(await engine.encode(lowered, options), options);
    const images = goldenImages(`images${imageSize}`, [1, 3, imageSize, imageSize]);
    const given = await session.run(await session.stage(images));
    expect(relativeError(given, Float64Array.from(logits))).toBeLessThan(1e-4);
  },
);
