import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { openDataset } from "@sebench/datasets";
import sharp from "sharp";
import { unchanged, type Seed } from "../mutation/mutate.ts";
import { fromFile, type OpenReaders, type Reader } from "./reader.ts";

const formats = ["png", "jpeg", "webp"] as const;

export const open: OpenReaders = async (folder) => {
  const images = await Promise.all(formats.map((format) => imageReader(folder, format)));
  const flat = join(folder, "flat");
  for (const name of ["a.jpg", "b.png", "more/c, the third.jpeg"]) place(join(flat, name), "");
  for (const name of ["bag/1.png", "shirt/1.png"]) place(join(folder, "classes", name), "");
  return [
    ...images,
    labelReader(folder, flat, "csv", csvSeeds),
    labelReader(folder, flat, "json", jsonSeeds),
    labelReader(folder, flat, "txt", txtSeeds),
    {
      name: "datasets/classes.txt",
      seeds: [{ form: "lines", content: "shirt\nbag\nankle boot\n" }],
      read: fromFile(folder, "classes/classes.txt", async (path) => {
        await openDataset({ directory: dirname(path), size: 8, preprocessing: null });
      }),
    },
    idxReader(folder, "images", ""),
    idxReader(folder, "images", ".gz"),
    idxReader(folder, "labels", ""),
  ];
};

async function imageReader(folder: string, format: (typeof formats)[number]): Promise<Reader> {
  const plain = sharp({ create: { width: 9, height: 7, channels: 3, background: "#4080c0" } });
  const content = new Uint8Array(await plain.toFormat(format).toBuffer());
  return {
    name: `datasets/${format}`,
    seeds: [{ form: "image", content }],
    share: 0.5,
    read: fromFile(folder, `${format}/class/image.${format}`, async (path) => {
      const directory = dirname(dirname(path));
      const dataset = await openDataset({ directory, size: 8, preprocessing: null });
      const { images } = await dataset.read(0, 1);
      return { values: images.data.subarray(0, 8).join(" ") };
    }),
  };
}

function labelReader(
  folder: string,
  directory: string,
  ending: string,
  seeds: readonly Seed[],
): Reader {
  return {
    name: `datasets/labels.${ending}`,
    seeds,
    read: fromFile(folder, `labels.${ending}`, async (labels) => {
      await openDataset({ directory, labels, size: 8, preprocessing: null });
    }),
  };
}

const csvSeeds: readonly Seed[] = [
  { form: "lines", content: 'file,label\na.jpg,2\nb.png,0\n"more/c, the third.jpeg",1\n' },
  { form: "lines", content: "a.jpg,shirt\nb.png,ankle boot\n" },
];
const jsonSeeds: readonly Seed[] = [
  { form: "json", content: '{"a.jpg": 2, "b.png": "0"}' },
  {
    form: "json",
    content: '[{"file": "a.jpg", "label": "bag"}, {"file": "b.png", "label": "shirt"}]',
  },
];
const txtSeeds: readonly Seed[] = [{ form: "lines", content: "a.jpg,2\nb.png,0\n" }];

/** Two black images and their labels; one of the two files is mutated. */
const idx = {
  images: Uint8Array.of(
    0,
    0,
    8,
    3,
    0,
    0,
    0,
    2,
    0,
    0,
    0,
    28,
    0,
    0,
    0,
    28,
    ...new Uint8Array(2 * 28 * 28),
  ),
  labels: Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 3, 9),
};
const idxNames = { images: "t10k-images-idx3-ubyte", labels: "t10k-labels-idx1-ubyte" };

function idxReader(folder: string, what: keyof typeof idx, ending: "" | ".gz"): Reader {
  const other = what === "images" ? "labels" : "images";
  const own = `idx-${what}${ending}`;
  place(join(folder, own, idxNames[other]), idx[other]);
  const content = idx[what];
  const gzip = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));
  const seed: Seed = { form: "bytes", content };
  const packed: Seed = { form: "bytes", content, wrap: gzip };
  return {
    name: `datasets/${what}.idx${ending}`,
    seeds: ending === "" ? [seed] : [packed, { form: "bytes", content: unchanged(packed) }],
    read: fromFile(folder, `${own}/${idxNames[what]}${ending}`, async (path) => {
      const dataset = await openDataset({
        directory: dirname(path),
        size: 28,
        preprocessing: null,
      });
      await dataset.read(0, 1);
    }),
  };
}

function place(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
