import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "@sebench/spec";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DatasetRequest, openDataset } from "./open-dataset.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "dataset-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function writeImage(name: string, colour: string, width = 40, height = 30): Promise<void> {
  const path = join(folder, name);
  await mkdir(join(path, ".."), { recursive: true });
  await sharp({ create: { width, height, channels: 3, background: colour } }).toFile(path);
}

/**
 * A folder of the first 1,000 test images, which ship with the repository, under the
 * published names.
 */
async function copyFashionMnist(): Promise<void> {
  for (const part of ["images-idx3-ubyte.gz", "labels-idx1-ubyte.gz"]) {
    const shipped = new URL(`../data/fashion-mnist/t10k-first1000-${part}`, import.meta.url);
    await copyFile(fileURLToPath(shipped), join(folder, `t10k-${part}`));
  }
}

function open(request: Partial<DatasetRequest> = {}) {
  return openDataset({ directory: folder, size: 16, preprocessing: null, ...request });
}

/** The folder in which Debian's package `dataset-fashion-mnist` puts the files. */
const packaged = "/usr/share/datasets/fashion-mnist";

/**
 * The decimal digits to which values are compared, about as many as the type of the tensor
 * holds.
 */
const digits = 6;

describe("image folders", () => {
  test("an image is normalised channel by channel", async () => {
    await writeImage("red/1.png", "#ff0000");
    await writeImage("white/1.png", "#ffffff");
    const { images, labels, broken } = await (await open()).read(0, 2);
    expect(images.shape).toEqual([2, 3, 16, 16]);
    const plane = 16 * 16;
    const firsts = [0, 1, 2, 3, 4, 5].map((channel) => images.data[channel * plane]);
    // The values are (1 - 0.485) / 0.229, -0.456 / 0.224 and -0.406 / 0.225, and then
    // white in all three.
    const expected = [2.2489083, -2.0357143, -1.8044444, 2.2489083, 2.4285714, 2.64];
    for (const [index, value] of expected.entries()) {
      expect(firsts[index]).toBeCloseTo(value, digits);
    }
    expect([...labels]).toEqual([0, 1]);
    expect(broken).toEqual([]);
  });

  test("a dataset says what it is", async () => {
    await writeImage("photos/cat/1.jpg", "#808080");
    await writeImage("photos/dog/1.webp", "#404040");
    const dataset = await open({
      directory: join(folder, "photos"),
      preprocessing: "timm-0.95",
      classes: 2,
    });
    expect(dataset).toMatchObject({ name: "photos", count: 2, classes: ["cat", "dog"] });
    expect(dataset.preprocessing).toContain("timm-0.95: shorter edge at 16 pixels (bicubic");
  });

  test("labels come from a file where the folders do not say the class", async () => {
    await writeImage("a.png", "#000000");
    await writeImage("b.png", "#ffffff");
    await writeFile(join(folder, "labels.csv"), "b.png,7\na.png,3\n");
    const dataset = await open({ labels: join(folder, "labels.csv"), classes: 10 });
    const { images, labels } = await dataset.read(0, 2);
    expect([...labels]).toEqual([7, 3]);
    expect(images.data[0]).toBeCloseTo(2.2489083, digits);
  });

  test("a broken file is named, and the images after it keep their labels", async () => {
    await writeImage("a/1.png", "#000000");
    await writeImage("c/1.jpg", "#ffffff", 400, 300);
    await mkdir(join(folder, "b"));
    await writeFile(join(folder, "b/1.jpg"), "no image");
    const { images, labels, broken } = await (await open()).read(0, 3);
    expect(images.shape).toEqual([2, 3, 16, 16]);
    expect([...labels]).toEqual([0, 2]);
    expect(images.data[3 * 16 * 16]).toBeCloseTo(2.2489083, digits);
    expect(broken).toEqual([
      { file: "b/1.jpg", reason: expect.stringContaining("it is no JPEG, PNG") },
    ]);
  });

  test("a file cut short is broken", async () => {
    await writeImage("a/1.png", "#000000");
    const jpeg = await sharp(fileURLToPath(new URL("../golden/colour.jpg", import.meta.url)))
      .jpeg()
      .toBuffer();
    await mkdir(join(folder, "b"));
    await writeFile(join(folder, "b/1.jpg"), jpeg.subarray(0, jpeg.length / 2));
    const { broken } = await (await open()).read(0, 2);
    expect(broken.map(({ file }) => file)).toEqual(["b/1.jpg"]);
  });

  test("it is an error once every image has turned out broken", async () => {
    for (const name of ["a", "b"]) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, "1.jpg"), "no image");
    }
    const dataset = await open();
    expect((await dataset.read(0, 1)).images.shape).toEqual([0, 3, 16, 16]);
    const failure = dataset.read(1, 1);
    await expect(failure).rejects.toThrow(InputError);
    await expect(failure).rejects.toThrow(`no image in ${folder} can be read; of b/1.jpg: `);
  });

  test("images past the end are a mistake of the caller", async () => {
    await writeImage("a/1.png", "#000000");
    const dataset = await open();
    await expect(dataset.read(0, 2)).rejects.toThrow("images 0 to 1 of 1 were asked for");
  });
});

describe("Fashion-MNIST", () => {
  test("the images from any place on are those of the published set", async () => {
    await copyFashionMnist();
    const dataset = await open({ size: 32, classes: 10 });
    expect(dataset.count).toBe(1000);
    const { images, labels } = await dataset.read(3, 5);
    expect(images.shape).toEqual([5, 3, 32, 32]);
    // The labels 3 to 7 of the test set, counted from 0, are a trouser, a shirt, a
    // trouser, a coat and a shirt.
    expect([...labels]).toEqual([1, 6, 1, 4, 6]);
    const first = await dataset.read(0, 1);
    // Row 14, column 12 of the ankle boot is 98, which is two pixels further after the padding.
    expect(first.images.data[16 * 32 + 14]).toBeCloseTo((98 / 255 - 0.286) / 0.353, digits);
    expect(first.images.data[0]).toBeCloseTo(-0.286 / 0.353, digits);
  });

  test.runIf(existsSync(packaged))("the published set has its name and classes", async () => {
    const dataset = await open({ directory: packaged, size: 28, classes: 10 });
    expect(dataset).toMatchObject({ name: "fashion-mnist test", count: 10_000 });
    expect(dataset.classes?.[9]).toBe("ankle boot");
    const { labels } = await dataset.read(9990, 10);
    // The last test image is a sandal.
    expect(labels[9]).toBe(5);
  });

  test("a set that is not the published one does not take its name and classes", async () => {
    await copyFashionMnist();
    const dataset = await open({ size: 28 });
    expect(dataset.name).toMatch(/^dataset-\w+ test$/);
    expect(dataset.classes).toBeNull();
    expect(dataset.preprocessing).toMatch(/^28 x 28, as they are, grey replicated/);
  });
});

interface BadInput {
  readonly what: string;
  readonly arrange?: () => Promise<void>;
  readonly request?: () => Partial<DatasetRequest>;
  readonly message: string;
}

const badInputs: readonly BadInput[] = [
  {
    what: "a folder that is not there",
    request: () => ({ directory: join(folder, "missing") }),
    message: "missing is not there",
  },
  {
    what: "a file for a folder",
    arrange: () => writeFile(join(folder, "file"), ""),
    request: () => ({ directory: join(folder, "file") }),
    message: "file is no folder",
  },
  { what: "an empty folder", message: "has no labelled images: there are no folders" },
  { what: "a size that is none", request: () => ({ size: 0 }), message: "not 0" },
  {
    what: "fewer classes than the network has",
    arrange: () => writeImage("cat/1.png", "#000000"),
    request: () => ({ classes: 1000 }),
    message: "has 1 class, and the network has 1000",
  },
  {
    what: "a label past the network's classes",
    arrange: async () => {
      await writeImage("a.png", "#000000");
      await writeFile(join(folder, "labels.csv"), "a.png,10\n");
    },
    request: () => ({ labels: join(folder, "labels.csv"), classes: 10 }),
    message: "a.png has the label 10, and the network's classes are 0 to 9",
  },
  {
    what: "idx images for a network of another size",
    arrange: copyFashionMnist,
    request: () => ({ size: 224 }),
    message: "images of 28 or 32 pixels, not 224",
  },
  {
    what: "idx images for a network of other classes",
    arrange: copyFashionMnist,
    request: () => ({ size: 32, classes: 1000 }),
    message: "has 10 classes, and the network has 1000",
  },
  {
    what: "a split that is not there",
    arrange: copyFashionMnist,
    request: () => ({ size: 32, split: "train" }),
    message: "has no file train-images-idx3-ubyte",
  },
  {
    what: "a truncated idx file",
    arrange: async () => {
      await copyFashionMnist();
      const header = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28];
      await writeFile(join(folder, "t10k-images-idx3-ubyte.gz"), Uint8Array.of(...header, 1, 2));
    },
    request: () => ({ size: 32 }),
    message: "its header announces 1568 values, and 2 follow",
  },
  {
    what: "a preprocessing of image files for idx files",
    arrange: copyFashionMnist,
    request: () => ({ size: 32, preprocessing: "timm" }),
    message: "--preprocessing timm does not apply to the idx files",
  },
  {
    what: "labels of image files for idx files",
    arrange: copyFashionMnist,
    request: () => ({ size: 32, labels: "labels.csv" }),
    message: "--labels labels.csv does not apply to the idx files",
  },
  {
    what: "a split of image files",
    arrange: () => writeImage("cat/1.png", "#000000"),
    request: () => ({ split: "train" }),
    message: "--split train does not apply to the image files",
  },
];

test.for(badInputs)("bad input names its cause: $what", async ({ arrange, request, message }) => {
  await arrange?.();
  const failure = open(request?.());
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow(message);
});
