import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { InputError } from "@sebench/spec";
import { describe, expect, test } from "vitest";
import { bitPng } from "../testing/index.ts";
import { loadDecoder } from "./decode-image.ts";

/** A file, and what PIL reads in it, or the kind of error by which PIL refuses it. */
type GoldenRow = { readonly file: string; readonly bytes: string } & (
  | { readonly size: readonly [number, number]; readonly sha256: string }
  | { readonly refused: string }
);

const golden = new URL("../../golden/decoded.jsonl.gz", import.meta.url);
// The first line is skipped: it says which version of PIL wrote the file.
const rows: GoldenRow[] = gunzipSync(await readFile(golden))
  .toString()
  .trim()
  .split("\n")
  .slice(1)
  .map((line) => JSON.parse(line) as GoldenRow);

/** The files that PIL reads and we refuse, which is a broken image by name and no wrong pixel. */
const refusedHere: Readonly<Record<string, string>> = {
  "bmp-rle4.bmp": "the BMP file is compressed",
  "bmp-rle8.bmp": "the BMP file is compressed",
  "tiff-ycbcr.tif": "brightness and colour differences without JPEG",
  "tiff-lab.tif": "labq",
};

const decode = await loadDecoder();

describe("PIL's pixels", () => {
  const read = rows.filter(({ file }) => refusedHere[file] === undefined);
  test.for(read)("are read in $file, or PIL refuses it too", async (row) => {
    const decoded = decode(Buffer.from(row.bytes, "base64"));
    if ("refused" in row) {
      const outcome = decoded.then(
        () => "pixels",
        () => "refused",
      );
      await expect(outcome).resolves.toBe("refused");
      return;
    }
    const { width, height, pixels } = await decoded;
    expect([width, height]).toEqual(row.size);
    expect(createHash("sha256").update(pixels).digest("hex")).toBe(row.sha256);
  });

  test.for(Object.entries(refusedHere))(
    "are not made up: %s is refused",
    async ([file, reason]) => {
      const { bytes } = rows.find((row) => row.file === file)!;
      await expect(decode(Buffer.from(bytes, "base64"))).rejects.toThrow(reason);
    },
  );
});

/** The start of a PNG file of bits, whose header announces a size that the data do not have. */
const announcingPng = (side: number) => bitPng(side, 64);

function announcingBmp(side: number): Buffer {
  const bytes = Buffer.alloc(60);
  bytes.write("BM");
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(side, 18);
  bytes.writeInt32LE(-side, 22);
  bytes.writeUInt16LE(24, 28);
  return bytes;
}

test.for([
  ["PNG", announcingPng(16_000)],
  ["BMP", announcingBmp(16_000)],
  ["Netpbm", Buffer.from("P6 16000 16000 255\n")],
  ["GIF", Buffer.from("R0lGODlhgD6APgAAACwAAAAAgD6APgACAkQBADs=", "base64")],
] as const)("a %s file of too many pixels is refused by its header", async ([, bytes]) => {
  await expect(decode(bytes)).rejects.toThrow(
    "it has 16000 x 16000 pixels, and at most 178,956,970 are decoded, as by PIL",
  );
});

test("what is no image is told which formats are read", async () => {
  const failure = decode(Buffer.from("no image"));
  await expect(failure).rejects.toThrow("it is no JPEG, PNG, WebP, GIF, TIFF, BMP,");
});

test("a machine without a build of sharp is told what needs it", async () => {
  const cause = new Error('Could not load the "sharp" module using the linux-riscv64 runtime');
  const failure = loadDecoder(() => Promise.reject(cause));
  await expect(failure).rejects.toThrow(InputError);
  await expect(failure).rejects.toThrow("image folders need the package sharp");
  await expect(failure).rejects.toHaveProperty("cause", cause);
});
