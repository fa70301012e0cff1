import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import sharp, { type FormatEnum } from "sharp";

/** A colour, with its red, green and blue in 0 to 255. */
export interface SolidColour {
  readonly name: string;
  readonly rgb: readonly [number, number, number];
}

/**
 * Ten colours that are far apart, so that a lossy format keeps each nearest to itself, and of which
 * no other order of the channels keeps all.
 */
export const solidColours: readonly SolidColour[] = [
  { name: "red", rgb: [255, 0, 0] },
  { name: "lime", rgb: [0, 255, 0] },
  { name: "blue", rgb: [0, 0, 255] },
  { name: "yellow", rgb: [255, 255, 0] },
  { name: "cyan", rgb: [0, 255, 255] },
  { name: "magenta", rgb: [255, 0, 255] },
  { name: "black", rgb: [0, 0, 0] },
  { name: "white", rgb: [255, 255, 255] },
  { name: "grey", rgb: [128, 128, 128] },
  { name: "orange", rgb: [255, 128, 0] },
];

const [width, height] = [40, 36];

/** The kind of file that an image is written as; sharp writes neither of the first two. */
type Format = "bmp" | "ppm" | keyof FormatEnum;

/** An image of one colour, of 40 x 36 pixels. */
export async function solidImage(
  { rgb: [r, g, b] }: SolidColour,
  format: Format = "png",
): Promise<Uint8Array> {
  if (format === "ppm") {
    const pixels = Buffer.alloc(3 * width * height, Uint8Array.of(r, g, b));
    return Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), pixels]);
  }
  if (format === "bmp") return bitmap(Uint8Array.of(b, g, r));
  const background = { r, g, b };
  return sharp({ create: { width, height, channels: 3, background } })
    .toFormat(format)
    .toBuffer();
}

/** A BMP file of 24 bits; the rows of 40 pixels need no padding. */
function bitmap(blueGreenRed: Uint8Array): Uint8Array {
  const pixels = Buffer.alloc(3 * width * height, blueGreenRed);
  const header = Buffer.alloc(54);
  header.write("BM");
  header.writeUInt32LE(header.length + pixels.length, 2);
  header.writeUInt32LE(header.length, 10);
  header.writeUInt32LE(40, 14);
  header.writeInt32LE(width, 18);
  header.writeInt32LE(height, 22);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(24, 28);
  return Buffer.concat([header, pixels]);
}

/**
 * Writes an image of each colour to a folder.
 *
 * @param paths The path of the image of each colour, in the order of `solidColours`, relative to the
 *   folder: `class1/a.png`. The ending says the format.
 */
export async function writeSolidColours(folder: string, paths: readonly string[]): Promise<void> {
  await Promise.all(
    paths.map(async (path, label) => {
      const format = path.replace(/^.*\.(?:jpg$|jfif$)?/, "") || "jpeg";
      const image = await solidImage(solidColours[label]!, format as Format);
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), image);
    }),
  );
}
