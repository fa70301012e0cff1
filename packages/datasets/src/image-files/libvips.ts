import type { Metadata, Sharp, SharpOptions } from "sharp";
import type { ColourImage } from "../image/resample.ts";

/** Opens an image with sharp. */
export type OpenImage = (bytes: Uint8Array, options: SharpOptions) => Sharp;

/**
 * The options with which sharp does as PIL does: an error in the pixels or a file cut
 * short is an error, a warning is none, and a colour profile is not applied. The number
 * of pixels is checked before.
 */
const options: SharpOptions = { failOn: "error", ignoreIcc: true, limitInputPixels: false };

/** Reads what the header of a file says. */
export function readMetadata(open: OpenImage, bytes: Uint8Array): Promise<Metadata> {
  return open(bytes, options).metadata();
}

/** The place of the bits of a value and of the colour type in a PNG file. */
const pngDepth = 24;
const pngColourType = 25;

/**
 * Decodes an image to red, green and blue as PIL's `convert("RGB")` does: transparency
 * is dropped, not blended, and EXIF's orientation is not applied.
 */
export async function decodeByLibvips(open: OpenImage, bytes: Uint8Array): Promise<ColourImage> {
  const { space, format } = await readMetadata(open, bytes);
  const image = open(bytes, options);
  if (space === "cmyk") return decodeInks(image);
  const deepGrey = format === "png" && bytes[pngDepth] === 16 && bytes[pngColourType] === 0;
  if (deepGrey) return decodeDeepGrey(image, "ushort");
  return decodeColours(image);
}

export async function decodeColours(image: Sharp): Promise<ColourImage> {
  const { data, info } = await image
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: data };
}

/**
 * Decodes grey of 16 bits, which PIL clips at 255 in place of scaling it.
 *
 * @param invert Whether libvips has inverted the values and PIL does not.
 */
export async function decodeDeepGrey(
  image: Sharp,
  depth: "short" | "ushort",
  invert = false,
): Promise<ColourImage> {
  const { data, info } = await image
    .removeAlpha()
    .toColourspace("grey16")
    .raw({ depth })
    .toBuffer({ resolveWithObject: true });
  const kind = depth === "short" ? Int16Array : Uint16Array;
  const values = new kind(data.buffer, data.byteOffset, info.width * info.height * info.channels);
  const pixels = new Uint8ClampedArray(info.width * info.height * 3);
  for (let at = 0; at < info.width * info.height; at++) {
    const value = values[at * info.channels]!;
    pixels.fill(invert ? 65_535 - value : value, at * 3, at * 3 + 3);
  }
  return { width: info.width, height: info.height, pixels: new Uint8Array(pixels.buffer) };
}

/**
 * Decodes inks to colours: each ink takes its part of the light that black leaves, as in
 * PIL, while libvips assumes a profile.
 */
export async function decodeInks(image: Sharp): Promise<ColourImage> {
  const { data: inks, info } = await image
    .pipelineColourspace("cmyk")
    .toColourspace("cmyk")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const pixels = new Uint8Array((inks.length / 4) * 3);
  for (let ink = 0, pixel = 0; ink < inks.length; ink += 4) {
    const light = 255 - inks[ink + 3]!;
    for (let c = 0; c < 3; c++) {
      pixels[pixel++] = light - Math.round((inks[ink + c]! * light) / 255);
    }
  }
  return { width: info.width, height: info.height, pixels };
}

/** Opens an image with the options of this file, for what a format does by itself. */
export function openByLibvips(open: OpenImage, bytes: Uint8Array): Sharp {
  return open(bytes, options);
}
