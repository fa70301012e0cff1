import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultLowering, lower } from "@sebench/lowering";
import { runReference } from "@sebench/reference";
import { everyNetwork, testImages } from "@sebench/reference/testing";
import { buildNetwork, elementCount, inputShape, type Tensor } from "@sebench/spec";
import { seededWeights } from "@sebench/weights";
import { encodeTflite } from "../src/index.ts";

// Writes networks as models, with an image and the oracle's logits, for `check_interpreter.py`:
// `pnpm --filter @sebench/tflite write-models FOLDER [FIRST [COUNT]]`.
const [folder = "models", first = "0", count = "12"] = process.argv.slice(2);

/** The values of images in the order of TensorFlow Lite, as bytes. */
function channelsLast({ shape, data }: Tensor): Uint8Array {
  const [, channels, height, width] = shape as [number, number, number, number];
  const target = new Float32Array(elementCount(shape));
  for (let at = 0; at < data.length; at++) {
    const [channel, pixel] = [Math.floor(at / (height * width)), at % (height * width)];
    target[pixel * channels + channel] = data[at]!;
  }
  return new Uint8Array(target.buffer);
}

mkdirSync(folder, { recursive: true });
const list: { readonly id: number; readonly name: string; readonly precision: string }[] = [];
for (const [name, imageSize] of everyNetwork.slice(Number(first), Number(first) + Number(count))) {
  const network = buildNetwork(name, { imageSize });
  const weights = seededWeights(network, 1);
  const images = testImages(1, inputShape(network));
  const lowered = lower(network, weights, defaultLowering(network));
  const logits = Float32Array.from(runReference(network, weights, images));
  for (const precision of ["fp32", "fp16"] as const) {
    const place = (ending: string) => join(folder, `${list.length}.${ending}`);
    writeFileSync(place("tflite"), encodeTflite(lowered, { batch: 1, precision }));
    writeFileSync(place("images"), channelsLast(images));
    writeFileSync(place("logits"), new Uint8Array(logits.buffer));
    list.push({ id: list.length, name: `${name} at ${imageSize}`, precision });
  }
}
writeFileSync(join(folder, "list.json"), JSON.stringify(list));
