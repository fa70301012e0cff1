import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DatasetRequest, openDataset } from "@sebench/datasets";
import { solidColours, writeSolidColours } from "@sebench/datasets/testing";
import { runReference } from "@sebench/reference";
import { buildNetwork } from "@sebench/spec";
import { checkpointWeights, readCheckpoint } from "@sebench/weights";
import { colourNetwork, nearestColourFile } from "@sebench/weights/testing";
import { afterEach, beforeEach, expect, test } from "vitest";

/** The normalisation of the preprocessings that these tests name: ImageNet's. */
const normalisation = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };
const colours = solidColours.map(({ rgb }) => rgb);

/** A network that is small enough for the oracle to be asked in milliseconds. */
const network = buildNetwork(colourNetwork, { imageSize: 8 });
const file = nearestColourFile(colours, normalisation);
const weights = checkpointWeights(network, readCheckpoint(file, "colours"), "colours");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "colours-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** The share of a folder's images whose label is the oracle's class. */
async function accuracy(request: Partial<DatasetRequest> = {}): Promise<number> {
  const dataset = await openDataset({
    directory: folder,
    size: 8,
    preprocessing: null,
    classes: 10,
    ...request,
  });
  const { images, labels } = await dataset.read(0, dataset.count);
  const logits = runReference(network, weights, images);
  const right = labels.filter((label, image) => {
    const own = logits.subarray(10 * image, 10 * image + 10);
    return own.indexOf(Math.max(...own)) === label;
  });
  return right.length / dataset.count;
}

/** Class names in the order that timm gives them, which torchvision does not. */
const natural = solidColours.map((_, label) => `class${label + 1}`);
const mixedCase = [..."aBcDeFgHiJ"];

test.each(["png", "jpg", "webp", "gif", "tif", "bmp", "ppm", "jfif"] as const)(
  "each colour has its class, whatever the files are: .%s",
  async (ending) => {
    await writeSolidColours(
      folder,
      solidColours.map((_, label) => `${label}/colour.${ending}`),
    );
    expect(await accuracy()).toBe(1);
    expect(await accuracy({ preprocessing: "timm" })).toBe(1);
  },
);

test("another normalisation than the network's is seen", async () => {
  await writeSolidColours(
    folder,
    solidColours.map((_, label) => `${label}/colour.png`),
  );
  expect(await accuracy({ preprocessing: "inception" })).toBeLessThan(1);
});

test.each([
  ["numbers after words", natural],
  ["mixed case", mixedCase],
])("folders in timm's order have timm's labels: %s", async (_, names) => {
  await writeSolidColours(
    folder,
    names.map((name) => `${name}/colour.png`),
  );
  await expect(accuracy()).rejects.toThrow("have two orders");
  expect(await accuracy({ classOrder: "timm" })).toBe(1);
  expect(await accuracy({ preprocessing: "timm" })).toBe(1);
  expect(await accuracy({ classOrder: "torchvision" })).toBeLessThan(0.5);
  await writeFile(join(folder, "classes.txt"), names.join("\n"));
  expect(await accuracy()).toBe(1);
});

test("names past U+FFFF are in the order of code points", async () => {
  const names = [
    "a",
    "b",
    "c",
    "d",
    "e",
    "\uE000",
    "\uFF21",
    "\u{1F431}",
    "\u{1F436}",
    "\u{20000}",
  ];
  await writeSolidColours(
    folder,
    names.map((name) => `${name}/colour.png`),
  );
  expect(await accuracy()).toBe(1);
});

test("labels have the same classes as folders, by name, by number and by numbers as names", async () => {
  await writeSolidColours(
    folder,
    natural.map((name) => `${name}.png`),
  );
  const labels = join(folder, "val.txt");
  const write = (labelOf: (label: number) => string) =>
    writeFile(labels, natural.map((name, label) => `./${name}.png ${labelOf(label)}\n`).join(""));
  await write(String);
  expect(await accuracy({ labels })).toBe(1);
  await write((label) => natural[label]!);
  await expect(accuracy({ labels })).rejects.toThrow("have two orders");
  expect(await accuracy({ labels, classOrder: "timm" })).toBe(1);
  const names = natural.map((_, label) => String((label + 3) % 10));
  await writeFile(join(folder, "classes.txt"), names.join("\n"));
  await write((label) => names[label]!);
  expect(await accuracy({ labels })).toBe(1);
});

test("images in nested folders have the class of the outermost", async () => {
  await writeSolidColours(
    folder,
    solidColours.map((_, label) => `${label}/more/deeper/${9 - label}.png`),
  );
  expect(await accuracy()).toBe(1);
});
