import type { Metadata } from "sharp";
import type { ColourImage } from "../image/resample.ts";
import {
  decodeColours,
  decodeDeepGrey,
  decodeInks,
  openByLibvips,
  type OpenImage,
  readMetadata,
} from "./libvips.ts";

/** What a TIFF file says of its pixels, as far as it is not in sharp's metadata. */
interface TiffTags {
  readonly compression: number;
  readonly photometric: number;
  /** The place of the tag which says that the colours are multiplied by alpha, or null without. */
  readonly associatedAlphaAt: number | null;
}

const tags = { compression: 259, photometric: 262, extraSamples: 338 } as const;
const photometrics = { whiteIsZero: 0, inks: 5, brightness: 6 } as const;
/** Grey, grey from white on, colours, palettes, inks, and brightness with two differences. */
const knownPhotometrics = new Set([0, 1, 2, 3, 5, 6]);
const jpegCompressions = new Set([6, 7]);
const associatedAlpha = 1;
const ownAlpha = 2;

/**
 * Decodes the first image of a TIFF file as PIL does, which turns it as its orientation says. What
 * PIL refuses, or reads in ways that libvips cannot be brought to, is an error.
 */
export async function decodeTiff(open: OpenImage, bytes: Uint8Array): Promise<ColourImage> {
  const found = readTags(bytes);
  const metadata = await readMetadata(open, bytes);
  refuseUnlike(found, metadata);
  const alphaAt = found.associatedAlphaAt;
  const image = openByLibvips(open, withOwnAlpha(bytes, alphaAt)).autoOrient();
  const { channels, depth } = metadata;
  if (found.photometric === photometrics.inks) return decodeInks(image);
  if (channels === 1 && (depth === "short" || depth === "ushort")) {
    return decodeDeepGrey(image, depth, found.photometric === photometrics.whiteIsZero);
  }
  if (alphaAt === null) return decodeColours(image);
  const { data, info } = await image
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, pixels: withoutAlpha(data) };
}

function refuseUnlike(found: TiffTags, { channels, depth }: Metadata): void {
  const { photometric, compression, associatedAlphaAt } = found;
  const refuse = (what: string) => new Error(`a TIFF file ${what} is not read as PIL reads it`);
  if (!knownPhotometrics.has(photometric)) throw refuse(`of colours of kind ${photometric}`);
  if (photometric === photometrics.brightness && !jpegCompressions.has(compression)) {
    throw refuse("of brightness and colour differences without JPEG");
  }
  const bytes = depth === "uchar";
  const shorts = depth === "ushort" || depth === "short";
  if (photometric === photometrics.inks && (!bytes || channels !== 4)) {
    throw refuse(`of inks with ${channels} channels of ${depth}`);
  }
  if (channels > 4 || (!bytes && channels === 2) || (!bytes && !shorts && channels > 1)) {
    throw refuse(`of ${channels} channels of ${depth}`);
  }
  if (photometric === photometrics.whiteIsZero && !bytes && depth !== "ushort") {
    throw refuse(`of grey from white on in ${depth}`);
  }
  if (associatedAlphaAt !== null && channels !== 4) {
    throw refuse(`of ${channels} channels with associated alpha`);
  }
}

/**
 * Says of colours that are multiplied by alpha that they are not, since libvips would divide them
 * and round in another way than PIL.
 */
function withOwnAlpha(bytes: Uint8Array, at: number | null): Uint8Array {
  if (at === null) return bytes;
  const changed = Uint8Array.from(bytes);
  const little = bytes[0] === 0x49;
  new DataView(changed.buffer).setUint16(at, ownAlpha, little);
  return changed;
}

/** Divides colours by the alpha that they are multiplied by, as PIL does. */
function withoutAlpha(data: Uint8Array): Uint8Array {
  const pixels = new Uint8ClampedArray((data.length / 4) * 3);
  for (let source = 0, target = 0; source < data.length; source += 4) {
    const alpha = data[source + 3]!;
    for (let c = 0; c < 3; c++) {
      pixels[target++] = alpha === 0 ? 0 : Math.floor((255 * data[source + c]!) / alpha);
    }
  }
  return new Uint8Array(pixels.buffer);
}

/** Reads the first value of each tag of the first directory, in classic TIFF and BigTIFF. */
function readTags(bytes: Uint8Array): TiffTags {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[0] === 0x49;
  try {
    const big = view.getUint16(2, little) === 43;
    const long = (at: number) =>
      big ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
    const directory = long(big ? 8 : 4);
    const count = big ? long(directory) : view.getUint16(directory, little);
    const [head, entry, field] = big ? [8, 20, 12] : [2, 12, 8];
    const values = new Map<number, { readonly value: number; readonly at: number }>();
    for (let index = 0; index < count; index++) {
      const at = directory + head + index * entry;
      const tag = view.getUint16(at, little);
      if (!Object.values<number>(tags).includes(tag)) continue;
      const isLong = view.getUint16(at + 2, little) === 4;
      const inside = long(at + 4) * (isLong ? 4 : 2) <= entry - field;
      const place = inside ? at + field : long(at + field);
      const value = isLong ? view.getUint32(place, little) : view.getUint16(place, little);
      values.set(tag, { value, at: place });
    }
    const extra = values.get(tags.extraSamples);
    return {
      compression: values.get(tags.compression)?.value ?? 1,
      photometric: values.get(tags.photometric)?.value ?? 0,
      associatedAlphaAt: extra?.value === associatedAlpha ? extra.at : null,
    };
  } catch (cause) {
    throw new Error("the TIFF file is cut short or damaged", { cause });
  }
}
