import { InputError } from "@sebench/spec";
import type { ColourImage } from "../image/resample.ts";
import type { OpenImage } from "./libvips.ts";

export type Decode = (bytes: Uint8Array) => Promise<ColourImage>;

/**
 * The most pixels that an image may have. It is where PIL raises its `DecompressionBombError`: twice
 * its `MAX_IMAGE_PIXELS` of 1 GiB / 4 / 3. A file of some kilobytes can announce more than any
 * machine has memory for.
 */
const mostPixels = 2 * Math.floor(2 ** 30 / 4 / 3);
/** The number of pixels from which on images are decoded one at a time, since each takes 100 MB. */
const largeImage = 2 ** 25;

/** What reads a format: its size from the header, and then its pixels. */
interface Format {
  readonly name: string;
  readonly starts: (bytes: Uint8Array) => boolean;
  readonly size: (open: OpenImage, bytes: Uint8Array) => Promise<Size>;
  readonly decode: (open: OpenImage, bytes: Uint8Array) => Promise<ColourImage>;
}

type Size = Pick<ColourImage, "width" | "height">;

const startsWith =
  (...signatures: readonly string[]) =>
  (bytes: Uint8Array) =>
    signatures.some((signature) =>
      Array.from(signature).every((letter, at) => bytes[at] === letter.charCodeAt(0)),
    );

async function sizeByLibvips(open: OpenImage, bytes: Uint8Array): Promise<Size> {
  const { readMetadata } = await import("./libvips.ts");
  const { width, height } = await readMetadata(open, bytes);
  return { width, height };
}

async function byLibvips(open: OpenImage, bytes: Uint8Array): Promise<ColourImage> {
  return (await import("./libvips.ts")).decodeByLibvips(open, bytes);
}

/**
 * The formats by how their files start, since PIL looks at the content and not at the name.
 * libvips would read drawings and documents too, which PIL does not.
 */
const formats: readonly Format[] = [
  {
    name: "JPEG",
    starts: startsWith("\xff\xd8\xff"),
    size: sizeByLibvips,
    decode: byLibvips,
  },
  {
    name: "PNG",
    starts: startsWith("\x89PNG\r\n\x1a\n"),
    size: sizeByLibvips,
    decode: byLibvips,
  },
  {
    name: "WebP",
    starts: (bytes) => startsWith("RIFF")(bytes) && startsWith("WEBP")(bytes.subarray(8)),
    size: sizeByLibvips,
    decode: byLibvips,
  },
  {
    name: "GIF",
    starts: startsWith("GIF87a", "GIF89a"),
    size: async (_open, bytes) => (await import("./gif.ts")).gifSize(bytes),
    decode: async (open, bytes) => (await import("./gif.ts")).decodeGif(open, bytes),
  },
  {
    name: "TIFF",
    starts: startsWith("II*\0", "MM\0*", "II+\0", "MM\0+"),
    size: sizeByLibvips,
    decode: async (open, bytes) => (await import("./tiff.ts")).decodeTiff(open, bytes),
  },
  {
    name: "BMP",
    starts: startsWith("BM"),
    size: async (_open, bytes) => (await import("./bitmap.ts")).bitmapSize(bytes),
    decode: async (_open, bytes) => (await import("./bitmap.ts")).decodeBitmap(bytes),
  },
  {
    name: "Netpbm",
    starts: (bytes) => /^P[1-6][\s]/.test(String.fromCharCode(...bytes.subarray(0, 3))),
    size: async (_open, bytes) => (await import("./netpbm.ts")).netpbmSize(bytes),
    decode: async (_open, bytes) => (await import("./netpbm.ts")).decodeNetpbm(bytes),
  },
];

/** The formats that are read, in words. */
export const formatNames = "JPEG, PNG, WebP, GIF, TIFF, BMP, PBM, PGM or PPM";

/**
 * Loads the decoder of images, which is not needed before an image folder is opened, and of whose
 * library some machines have no build.
 *
 * @throws InputError if sharp cannot be loaded
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
  let last: Promise<unknown> = Promise.resolve();
  return async (bytes) => {
    const format = formats.find(({ starts }) => starts(bytes));
    if (format === undefined) throw new Error(`it is no ${formatNames} file`);
    const { width, height } = await format.size(open, bytes);
    if (width * height > mostPixels) {
      const most = mostPixels.toLocaleString("en");
      throw new Error(
        `it has ${width} x ${height} pixels, and at most ${most} are decoded, as by PIL`,
      );
    }
    if (width * height < largeImage) return format.decode(open, bytes);
    const own = last.then(() => format.decode(open, bytes));
    last = own.catch(() => null);
    return own;
  };
}
