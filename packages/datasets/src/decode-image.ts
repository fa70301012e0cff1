import { InputError } from "@sebench/spec";
import type { Sharp, SharpOptions } from "sharp";
import type { ColourImage } from "./resample.ts";

export type Decode = (bytes: Uint8Array) => Promise<ColourImage>;
type OpenImage = (bytes: Uint8Array, options: SharpOptions) => Sharp;

/**
 * What PIL does with a file, too: an error in the pixels or a file cut short is
 * one, a warning is none; a colour profile is not applied.
 */
const options: SharpOptions = { failOn: "error", ignoreIcc: true };

/**
 * Loads the decoder of JPEG, PNG and WebP. It is not needed before an image
 * folder is opened, and some machines have no build of it.
 *
 * @throws InputError Where sharp cannot be loaded.
 */
export async function loadDecoder(
  load: () => Promise<{ readonly default: OpenImage }> = () => import("sharp"),
): Promise<Decode> {
  let open: OpenImage;
  try {
    open = (await load()).default;
  } catch (cause) {
    throw new InputError("image folders need the package sharp, which cannot be loaded here", {
      remedy:
        "Run pnpm install on this machine; sharp has builds for Linux, macOS and Windows " +
        "on x64 and arm64. Fashion-MNIST's idx files need no decoder.",
      cause,
    });
  }
  return (bytes) => decode(open, bytes);
}

/**
 * Red, green and blue as PIL's `convert("RGB")` has them: transparency is
 * dropped, not blended; EXIF's orientation is not applied.
 */
async function decode(open: OpenImage, bytes: Uint8Array): Promise<ColourImage> {
  const { space } = await open(bytes, options).metadata();
  if (space === "cmyk") {
    const inks = open(bytes, options).pipelineColourspace("cmyk").toColourspace("cmyk");
    const { data, info } = await inks.raw().toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, pixels: fromInks(data) };
  }
  const { data, info } = await open(bytes, options)
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: data };
}

/** Each ink takes its part of the light that black leaves, as in PIL; libvips assumes a profile. */
function fromInks(inks: Uint8Array): Uint8Array {
  const pixels = new Uint8Array((inks.length / 4) * 3);
  for (let ink = 0, pixel = 0; ink < inks.length; ink += 4) {
    const light = 255 - inks[ink + 3]!;
    for (let c = 0; c < 3; c++) {
      pixels[pixel++] = light - Math.round((inks[ink + c]! * light) / 255);
    }
  }
  return pixels;
}
