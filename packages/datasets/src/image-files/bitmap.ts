import type { ColourImage } from "../image/resample.ts";

/**
 * How a BMP file holds its pixels. No library in npm reads them as PIL does: bmp-ts 1.0.9 gives
 * PIL's pixels for 11 of the 30 BMP files in `golden/decoded.jsonl.gz`, and fast-bmp 4.0.1 for 12.
 */
interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** Whether the first row of the file is the image's lowest. */
  readonly upwards: boolean;
  readonly bits: number;
  /** The place of the first pixel in the file. */
  readonly first: number;
  readonly colourAt: ColourAt;
}

/** Writes the red, green and blue of the pixel at a column of the row that starts at a place. */
type ColourAt = (row: number, column: number, target: Uint8Array, at: number) => void;

const fileHeader = 14;
/** The length of the oldest header, which has no compression and palettes of three bytes. */
const oldHeader = 12;
const headers = new Set([oldHeader, 40, 52, 56, 64, 108, 124]);
const compressions = { none: 0, masks: 3 } as const;

/** The side lengths that the header announces, before anything else is read. */
export function bitmapSize(bytes: Uint8Array): Pick<ColourImage, "width" | "height"> {
  const view = viewOf(bytes);
  if (view.byteLength < fileHeader + oldHeader) throw new Error("the BMP header is cut short");
  const old = view.getUint32(fileHeader, true) === oldHeader;
  const width = old ? view.getUint16(18, true) : view.getUint32(18, true);
  const height = old ? view.getUint16(20, true) : Math.abs(view.getInt32(22, true));
  if (width === 0 || height === 0) throw new Error("the BMP image is empty");
  return { width, height };
}

/** Decodes a BMP file of pixels without compression, as PIL does; transparency is dropped. */
export function decodeBitmap(bytes: Uint8Array): ColourImage {
  const { width, height, upwards, bits, first, colourAt } = readHeader(bytes);
  const stride = 4 * Math.floor((width * bits + 31) / 32);
  if (first + stride * height > bytes.length) {
    throw new Error(
      `the BMP file is cut short: ${bytes.length} of ${first + stride * height} bytes`,
    );
  }
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const row = first + stride * (upwards ? height - 1 - y : y);
    for (let x = 0; x < width; x++) colourAt(row, x, pixels, (y * width + x) * 3);
  }
  return { width, height, pixels };
}

function readHeader(bytes: Uint8Array): Bitmap {
  const view = viewOf(bytes);
  const { width, height } = bitmapSize(bytes);
  const length = view.getUint32(fileHeader, true);
  if (!headers.has(length)) throw new Error(`a BMP header of ${length} bytes is not read`);
  if (bytes.length < fileHeader + length) throw new Error("the BMP header is cut short");
  const old = length === oldHeader;
  const bits = view.getUint16(old ? 24 : 28, true);
  const compression = old ? compressions.none : view.getUint32(30, true);
  const upwards = old || view.getInt32(22, true) >= 0;
  const announced = view.getUint32(10, true);
  const base = { width, height, upwards, bits };
  if (compression !== compressions.none && compression !== compressions.masks) {
    throw new Error("the BMP file is compressed, which PIL's versions read in different ways");
  }
  if (bits > 8) {
    const masked = compression === compressions.masks;
    const layout = masked ? maskedLayout(view, length, bits) : bits;
    const end = fileHeader + length + (masked && length === 40 ? 12 : 0);
    return { ...base, first: announced || end, colourAt: directColour(bytes, bits, layout) };
  }
  if (![1, 4, 8].includes(bits) || compression !== compressions.none) {
    throw new Error(`a BMP file of ${bits} bits a pixel is not read`);
  }
  const colours = (old ? 0 : view.getUint32(46, true)) || 2 ** bits;
  const entry = old ? 3 : 4;
  const palette = fileHeader + length;
  // PIL takes the pixels to follow the palette where the header says that they follow itself, or
  // says nothing.
  const follow = announced === 0 || announced === palette;
  const first = follow ? palette + entry * colours : announced;
  return { ...base, first, colourAt: paletteColour(bytes, bits, { palette, entry, colours }) };
}

/** The order of the bytes of red, green and blue in a pixel of 24 or 32 bits. */
type ByteOrder = readonly [red: number, green: number, blue: number];

/** The layouts that PIL reads, by the masks of red, green, blue and alpha; others it refuses. */
const layouts32: Readonly<Record<string, ByteOrder>> = {
  "ff0000,ff00,ff,0": [2, 1, 0],
  "ff0000,ff00,ff,ff000000": [2, 1, 0],
  "0,0,0,0": [2, 1, 0],
  "ff000000,ff0000,ff00,0": [3, 2, 1],
  "ff000000,ff0000,ff00,ff": [3, 2, 1],
  "ff000000,ff00,ff,0": [3, 1, 0],
  "ff000000,ff00,ff,ff0000": [3, 1, 0],
  "ff,ff00,ff0000,ff000000": [0, 1, 2],
};

function maskedLayout(view: DataView, header: number, bits: number): ByteOrder | number {
  const masksStart = fileHeader + 40;
  const count = header >= 56 ? 4 : 3;
  const masks = Array.from({ length: count }, (_, at) => view.getUint32(masksStart + 4 * at, true));
  const names = masks.map((mask) => mask.toString(16));
  const colours = names.slice(0, 3).join(",");
  if (bits === 32) {
    const order = layouts32[`${colours},${names[3] ?? "0"}`];
    if (order !== undefined) return order;
  }
  if (bits === 24 && colours === "ff0000,ff00,ff") return bits;
  if (bits === 16 && colours === "7c00,3e0,1f") return bits;
  if (bits === 16 && colours === "f800,7e0,1f") return greenOfSix;
  throw new Error(`PIL reads no BMP file of ${bits} bits with the masks ${names.join(", ")}`);
}

/** The layout of 16 bits in which green has six bits and not five. */
const greenOfSix = 565;

function directColour(bytes: Uint8Array, bits: number, layout: ByteOrder | number): ColourAt {
  if (bits === 16) return shortColour(bytes, layout === greenOfSix ? 6 : 5);
  if (bits !== 24 && bits !== 32) throw new Error(`a BMP file of ${bits} bits a pixel is not read`);
  const step = bits / 8;
  const [red, green, blue] = typeof layout === "number" ? [2, 1, 0] : layout;
  return (row, column, target, at) => {
    const source = row + column * step;
    target[at] = bytes[source + red]!;
    target[at + 1] = bytes[source + green]!;
    target[at + 2] = bytes[source + blue]!;
  };
}

function shortColour(bytes: Uint8Array, greenBits: number): ColourAt {
  const greenMax = 2 ** greenBits - 1;
  return (row, column, target, at) => {
    const source = row + column * 2;
    const value = bytes[source]! + 256 * bytes[source + 1]!;
    target[at] = (((value >> (5 + greenBits)) & 31) * 255) / 31;
    target[at + 1] = (((value >> 5) & greenMax) * 255) / greenMax;
    target[at + 2] = ((value & 31) * 255) / 31;
  };
}

interface Palette {
  readonly palette: number;
  /** The bytes of a colour: blue, green, red, and in newer files one that means nothing. */
  readonly entry: number;
  readonly colours: number;
}

function paletteColour(
  bytes: Uint8Array,
  bits: number,
  { palette, entry, colours }: Palette,
): ColourAt {
  const mask = 2 ** bits - 1;
  return (row, column, target, at) => {
    const bit = column * bits;
    const shift = 8 - bits - (bit % 8);
    const index = (bytes[row + (bit >> 3)]! >> shift) & mask;
    // A colour that the palette lacks is black, as in PIL from 10 on.
    if (index >= colours) return;
    const source = palette + index * entry;
    target[at] = bytes[source + 2]!;
    target[at + 1] = bytes[source + 1]!;
    target[at + 2] = bytes[source]!;
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
