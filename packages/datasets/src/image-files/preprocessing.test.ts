import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import {
  crop,
  describePreprocessing,
  preprocessingNames,
  type PreprocessingName,
} from "../image/preprocessing.ts";
import { loadDecoder } from "./decode-image.ts";

interface GoldenRow {
  readonly file: string;
  readonly preprocessing: PreprocessingName;
  readonly size: number;
  /** The crop, as Base64 of bytes `[size, size, 3]`. */
  readonly pixels: string;
}

const golden = new URL("../../golden/", import.meta.url);
const text = gunzipSync(await readFile(new URL("preprocessed.jsonl.gz", golden))).toString();
// The first line is skipped: it says which versions of PIL and torchvision wrote the file.
const rows: GoldenRow[] = text
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => JSON.parse(line) as GoldenRow);

test.for([...new Set(rows.map(({ file }) => file))])(
  "%s comes out of each preprocessing as of PIL and torchvision, to the last bit",
  async (file) => {
    const decode = await loadDecoder();
    const image = await decode(await readFile(new URL(file, golden)));
    const own = rows.filter((row) => row.file === file);
    expect(own.map(({ preprocessing }) => preprocessing)).toEqual(preprocessingNames);
    for (const { preprocessing, size, pixels } of own) {
      const expected = Buffer.from(pixels, "base64");
      expect(differences(crop(image, preprocessing, size), expected)).toEqual({
        length: size * size * 3,
        largest: 0,
        mean: 0,
      });
    }
  },
);

function differences(found: Uint8Array, expected: Uint8Array) {
  const each = Array.from(found, (value, index) => Math.abs(value - expected[index]!));
  return {
    length: expected.length,
    largest: Math.max(...each),
    mean: each.reduce((sum, difference) => sum + difference, 0) / each.length,
  };
}

test.for([
  ["torchvision", 224, 256],
  // torchvision's `Inception_V3_Weights` resize to 342 and crop 299.
  ["torchvision", 299, 342],
  ["torchvision-v2", 224, 232],
  ["timm", 224, 256],
  ["timm", 299, 341],
  ["timm-0.95", 224, 235],
  ["timm-0.95", 288, 303],
  ["timm-1.0", 288, 288],
  ["timm-legacy", 224, 256],
  ["inception", 299, 333],
] as const)("%s at %i pixels has the shorter edge at %i", ([name, size, edge]) => {
  expect(describePreprocessing(name, size)).toContain(`shorter edge at ${edge} pixels`);
});

test("what is done is said in words", () => {
  expect(describePreprocessing("inception", 299)).toBe(
    "inception: shorter edge at 333 pixels (bicubic, as PIL), centre crop of 299; " +
      "RGB in 0..1 less the mean 0.5, 0.5, 0.5, by the standard deviation 0.5, 0.5, 0.5",
  );
});
