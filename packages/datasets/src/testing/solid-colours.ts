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

/** An image of one colour, of 40 x 36 pixels. */
export async function solidImage(
  { rgb: [r, g, b] }: SolidColour,
  format: keyof FormatEnum = "png",
): Promise<Uint8Array> {
  const background = { r, g, b };
  return sharp({ create: { width: 40, height: 36, channels: 3, background } })
    .toFormat(format)
    .toBuffer();
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
      const format = path.replace(/^.*\.(?:jpg$)?/, "") || "jpeg";
      const image = await solidImage(solidColours[label]!, format as keyof FormatEnum);
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), image);
    }),
  );
}
